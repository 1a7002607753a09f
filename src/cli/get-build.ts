import { outcomeOf } from '../domain/outcome.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { buildTable } from './build-tables.js'
import { EXIT, exitCodeOfOutcome } from './exit-codes.js'
import { idOf } from './id-option.js'
import type { CliIo } from './io.js'
import { outputFormat, renderResult } from './output.js'
import { type ReadOptions, type ResourceWord, resourceOf, wantsResult, withApi } from './read-api.js'

export interface GetBuildOptions extends ReadOptions {
  readonly build?: string
  readonly exitStatus?: boolean
}

/** `get job build` and `get service build`: one read, as JSON and YAML printed as the API gave it. */
export async function getBuild(kind: ResourceWord, options: GetBuildOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const ref = { ...resourceOf(kind, options), build: idOf(options.build, '--build') }
  return withApi(options, io, async ({ client }) => {
    const { build, raw } = await client.getBuild(ref)
    if (wantsResult(options)) {
      const facts = format === 'table' ? buildTable(build, Object(raw), Date.now()) : Object(raw)
      io.stdout.write(await renderResult(facts, format))
    }
    return options.exitStatus ? statusOf(build) : EXIT.done
  })
}

function statusOf(build: ApiBuild): number {
  return build.concluded === true ? exitCodeOfOutcome(outcomeOf(build.status, build.success)) : EXIT.done
}
