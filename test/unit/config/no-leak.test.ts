import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { loadConfiguration } from '../../../src/config/load-configuration.js'
import { formatProblem } from '../../../src/config/problem.js'
import { folderOf, KINDS } from './fixture.js'

/** Stands behind every reference: no message may repeat it, whatever is wrong around it. */
const SENTINEL = 'sentinel-5f3a'
const VALUES = [
  SENTINEL,
  `${SENTINEL}\n`,
  `${SENTINEL}\nb`,
  `redis://:${SENTINEL}@h/x`,
  `http://u:${SENTINEL}@h`,
  `${SENTINEL}/a`,
  `%${SENTINEL}`,
]

const KEYS = [
  ...'redis.url redis.prefix redis.port redis.data_dir redis.nope'.split(' '),
  ...'accounts.a.token accounts.a.token_file accounts.a.base_url accounts.a.allow_insecure accounts.a.reserve'.split(
    ' ',
  ),
  ...'polling.min_interval polling.max_interval polling.timeout engine.lease http.host http.port log.level'.split(
    ' ',
  ),
  ...'notifiers.n.type notifiers.n.format notifiers.w.url notifiers.w.secret notifiers.w.secret_file'.split(
    ' ',
  ),
  ...'polling.catch_up retention.builds retention.max_events retention.lines stuck.factor stuck.at_least'.split(
    ' ',
  ),
  ...'digest digest.schedule digest.timezone digest.notify'.split(' '),
  ...'notifiers.w.tries notifiers.w.unsigned notify accounts.a accounts notifiers.n watches'.split(' '),
]

/** Nested maps out of dotted keys; later keys win. */
function settingsOf(pairs: readonly (readonly [string, unknown])[]): object {
  const root: Record<string, unknown> = { notifiers: { w: { type: 'webhook' } } }
  for (const [path, value] of pairs) {
    const keys = path.split('.')
    let holder = root
    for (const key of keys.slice(0, -1)) {
      const inner = Object.hasOwn(holder, key) ? holder[key] : undefined
      const next: Record<string, unknown> = typeof inner === 'object' ? { ...inner } : {}
      holder[key] = next
      holder = next
    }
    holder[keys.at(-1) ?? ''] = value
  }
  return root
}

test('no message shows what stands behind a reference, nor a secret that stands in clear', async () => {
  const file = join(await folderOf({}), 'settings.yaml')
  const reference = fc.constantFrom(
    '${S}',
    ['${S}'],
    [{ to: '${S}', on: ['${S}'] }],
    [{ project: '${S}', job: '${S}' }],
    [
      {
        project: 'p',
        job: 'j',
        branches: ['${S}'],
        pull_requests: '${S}',
        since: '${S}',
        catch_up: '${S}',
        schedule: '${S} * * * *',
        timezone: '${S}',
      },
    ],
  )
  const pair = fc.tuple(fc.constantFrom(...KEYS), reference)
  const clear = fc.constantFrom(
    ['accounts.a.token', SENTINEL],
    ['accounts.a', SENTINEL],
    ['accounts.a.base_url', `https://u:${SENTINEL}@h`],
    ['redis.url', `redis://:${SENTINEL}@h/x`],
    ['notifiers.w.secret', SENTINEL],
  ) as fc.Arbitrary<[string, string]>
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(pair, clear), { maxLength: 8 }),
      fc.constantFrom(...VALUES),
      async (pairs, value) => {
        await writeFile(file, JSON.stringify(settingsOf(pairs)))
        const result = await loadConfiguration(file, { env: { S: value }, notifierKinds: KINDS })
        const problems = [...(result.ok ? [] : result.problems), ...result.warnings].map(formatProblem)
        expect(problems.filter((problem) => problem.includes(SENTINEL))).toEqual([])
      },
    ),
    { numRuns: 1000 },
  )
})
