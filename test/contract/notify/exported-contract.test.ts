/** The contract kit that authors of notifiers are given, run over our own kinds and over the example that ships. */
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, it } from '@jest/globals'
import {
  type BenchSource,
  type ContractBench,
  secretsMadeOf,
} from '../../../src/notify/contract/contract-bench.js'
import { contractChecks } from '../../../src/notify/contract/contract-checks.js'
import { notifierContract } from '../../../src/notify/contract/notifier-contract.js'
import type { NotifierKind } from '../../../src/notify/notifier-kind.js'
import { NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { benchFor } from '../../support/notifier-contract.js'

const THREW = 'a notifier threw'

/** As {@link benchFor} makes it: with a deadline that a busy machine keeps, unless nothing is answered. */
function open(kind: NotifierKind, origin: string, silent: boolean): ContractBench {
  const bench = benchFor(kind, origin, silent ? { timeout: '1s' } : {})
  return {
    secrets: secretsMadeOf(bench.canary, Object.values(kind.sample(origin, bench.canary).secrets)),
    logged: bench.printed,
    limitMs: 15_000,
    render: (event) => bench.render(event),
    async send(event, given = {}) {
      const result = await bench.send(event, given)
      const fault = bench.printed.find((line) => line.startsWith(THREW))
      const idempotencyKey = Buffer.from(event.id).toString('base64url')
      return { result, idempotencyKey, ...(fault === undefined ? {} : { fault }) }
    },
    close: () => bench.close(),
  }
}

const kinds = NOTIFIER_KINDS.filter(({ reaches }) => reaches === 'http').map(
  (kind) => [kind.type, kind] as const,
)

describe.each(kinds)('the kind %s', (_type, kind) => {
  const source: BenchSource = { reaches: 'http', open: ({ origin, silent }) => open(kind, origin, silent) }
  for (const { name, run } of contractChecks(source)) it(name, run)
})

describe('the example of a notifier of one’s own', () => {
  const file = join(tmpdir(), `spool-${process.pid}.jsonl`)
  afterAll(() => rm(file, { force: true }))

  const sample = () => ({ options: { file }, secrets: {} })
  const spool = notifierContract({ module: 'config/notifiers/spool.js', sample, reaches: 'other' })
  for (const { name, run } of spool) it(name, run)
})
