/** What the package's types are worth to a program that is compiled against the packed package, by every way of resolving modules. */
import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fence, readPage } from '../docs/markdown.js'
import { REPOSITORY } from './deployment-files.js'
import { projectWithPackage } from './packed-package.js'

const PATIENCE_MS = 60_000
const run = promisify(execFile)
const env = { PATH: process.env['PATH'] }

/** Uses each entry. */
const RIGHT = `
  import { buildKey, OUTCOMES, type NotifierPlugIn, type Outcome, type WatchEvent } from 'buildwatchd'
  import schema from 'buildwatchd/event.schema.json' with { type: 'json' }
  import { type BuildEnd, type Followed, followEvents, WaitTimedOut, waitForBuild } from 'buildwatchd/follow'
  import { type ContractCheck, notifierContract } from 'buildwatchd/notifier-contract'

  export const key: string = buildKey({ project: 'shop', kind: 'jobs', resource: 'nightly', build: 'quick-fox-1' })
  export const outcomes: readonly Outcome[] = OUTCOMES
  export const plugIn: NotifierPlugIn = { create: () => ({ send: async () => undefined }) }
  export const checks: readonly ContractCheck[] = notifierContract({
    module: new URL('./pager.js', import.meta.url),
    sample: (endpoint, secret) => ({ options: { url: endpoint.toUpperCase() }, secrets: { token: secret } }),
  })
  export const title: string = schema.$schema
  export async function follow(): Promise<string | undefined> {
    const items: AsyncIterable<Followed> = followEvents({ redis: 'redis://127.0.0.1', match: { branch: ['main'] } })
    for await (const item of items) {
      if (item.kind === 'gap') return item.because satisfies 'trimmed' | 'dataset_changed'
      const event: WatchEvent = item.event
      if (event.type === 'dev.buildwatchd.build.concluded.v1') return event.data.outcome satisfies Outcome | undefined
    }
    return undefined
  }
  export async function stand(): Promise<string> {
    for await (const item of followEvents({ redis: 'redis://127.0.0.1', positions: true }))
      if (item.kind === 'position') return item.cursor
    return ''
  }
  export async function wait(): Promise<BuildEnd | WaitTimedOut> {
    return waitForBuild('shop/jobs/nightly/quick-fox-1', { redis: { host: 'localhost' }, timeoutMs: 1000 }).catch((error) => error)
  }
`

/** The client, in both ways of telling errors. */
const CLIENT = `
  import { type ApiClient, type ApiError, createClient, followEvents, type Refused, waitForBuild } from 'buildwatchd'
  import type { FollowedPosition, FollowOptions, FollowWithPositions } from 'buildwatchd'
  const client: ApiClient = createClient({ token: async () => 'a-token' })
  const parameters = { projectId: 'shop', jobId: 'nightly' }

  export async function read(): Promise<string | undefined> {
    const result = await client.get.job.build({ parameters: { ...parameters, buildId: 'b-1', teamId: undefined } })
    // @ts-expect-error: it may have been refused.
    result.data.id
    if (result.error) throw result.error
    const left: number | undefined = result.rateLimit.remaining
    const { pagination } = await client.get.job.builds({ parameters, options: { per_page: 10 } })
    const cursor: string | undefined = pagination?.cursor
    for await (const { branch, concluded } of client.get.job.builds.all({ parameters })) if (concluded) return branch
    return left === undefined ? cursor : result.data.status
  }

  export async function readThrowing(): Promise<string> {
    const throwing = createClient({ token: 'a-token', throwErrorOnHttpErrorCode: true })
    const { data, error } = await throwing.get.service.build({
      parameters: { projectId: 'shop', serviceId: 'api', buildId: 'b-1' },
    })
    const none: undefined = error
    // @ts-expect-error: a service has no jobId.
    void throwing.get.service.builds({ parameters })
    return none ?? data.id
  }

  export type Given = [FollowedPosition, FollowOptions, FollowWithPositions]
  export const refused = ({ error }: Refused): ApiError['code'] => error.code
  export const follow = [followEvents, waitForBuild]
`

/** Each of these lines by itself is a mistake. */
const WRONG = [
  `import { nothing } from 'buildwatchd'`,
  `import 'buildwatchd/dist/follow/session.js'`,
  `import { followEvents } from 'buildwatchd/follow'; followEvents({ redis: 'redis://h', match: { job: 7 } })`,
  `import { followEvents } from 'buildwatchd/follow'; followEvents({ after: 'beginning' })`,
  `import { followEvents } from 'buildwatchd/follow'; for await (const { kind } of followEvents({ redis: 'h' })) kind === 'position'`,
  `import { waitForBuild } from 'buildwatchd/follow'; waitForBuild({ project: 'shop' }, { redis: 'redis://h' })`,
  `import { notifierContract } from 'buildwatchd/notifier-contract'; notifierContract({ module: 'x.js' })`,
]

/** node16 knows no import attributes, which Node asks for where it loads JSON: there the schema serves as a type. */
const OLD = RIGHT.replace(` with { type: 'json' }`, '')

const WAYS = [
  ['node16', ['--module', 'node16', '--moduleResolution', 'node16', '--resolveJsonModule']],
  ['nodenext', ['--module', 'nodenext', '--moduleResolution', 'nodenext']],
  ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', '--resolveJsonModule']],
] as const

describe('the types in the package', () => {
  let home: string
  beforeAll(() => {
    home = projectWithPackage()
    WRONG.forEach((text, at) => writeFileSync(join(home, `wrong-${at}.ts`), `${text}\nexport {}\n`))
  }, PATIENCE_MS)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  /** Answers what the compiler says. The declarations of the package and of what it needs are checked too. */
  async function compile(way: readonly string[], files: readonly string[]): Promise<string> {
    const compiler = `${REPOSITORY}node_modules/typescript/bin/tsc`
    const flags = ['--noEmit', '--strict', '--skipLibCheck', 'false', '--target', 'es2023', '--types', 'node']
    const ran = run(process.execPath, [compiler, ...flags, ...way, ...files], { cwd: home, env })
    return ran.then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    )
  }

  it.each(WAYS)(
    'serve every entry under %s',
    async (name, way) => {
      writeFileSync(join(home, 'right.ts'), name === 'node16' ? OLD : RIGHT)
      writeFileSync(join(home, 'client.ts'), CLIENT)
      writeFileSync(join(home, 'narrowing.ts'), fence(readPage('docs/redis.md'), 'ts narrowing.ts'))
      expect(await compile(way, ['right.ts', 'client.ts', 'narrowing.ts'])).toBe('')
    },
    PATIENCE_MS,
  )

  it.each(WAYS)(
    'catch each mistake under %s',
    async (_, way) => {
      const files = WRONG.map((_text, at) => `wrong-${at}.ts`)
      const said = await compile(way, files)
      expect(files.filter((file) => !said.includes(`${file}(1,`))).toEqual([])
    },
    PATIENCE_MS,
  )
})
