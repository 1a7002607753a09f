/** What a message says beyond its event: of a simulated Northflank, and of what Redis holds. */
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { createBriefing } from '../../../src/app/briefing.js'
import type { MessageSettings } from '../../../src/config/configuration.js'
import type { WatchEvent } from '../../../src/domain/event.js'
import type { Outcome } from '../../../src/domain/outcome.js'
import type { Budget } from '../../../src/domain/ports.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createNorthflankClient } from '../../../src/northflank/client.js'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { createBudget } from '../../../src/store/budget.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { sampleTrouble } from '../../support/notifier-contract-events.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { configurationOf, secretOf } from '../../unit/app/fixtures.js'
import { endOf } from '../store/ended-builds.js'
import { entryFor, KEYS, refOf, testLogger } from '../store/store-fixtures.js'

const TOKEN = 'token-of-the-account'
const HOOK_SECRET = 'whsec_of-the-hook-4711'
const GITHUB_TOKEN = `ghp_${'aB3'.repeat(12)}`
const LINK = 'https://app.example.com/t/{team}/{project}/{kind}/{resource}/{build}'
const LOG = [
  'Step 1/3 : FROM node:24',
  `\u001b[31mnpm error\u001b[0m ${GITHUB_TOKEN}`,
  '10 %\r100 %',
  `POST ${encodeURIComponent(HOOK_SECRET)} with ${TOKEN}`,
  'forged\u2028line \u202egnp.exe',
]

describeEachRedis('a briefing', (engine) => {
  let redis: Redis
  let simulator: Simulator
  let budget: Budget
  let logger: ReturnType<typeof createRecordingLogger>

  beforeEach(async () => {
    redis = engine.connect()
    logger = createRecordingLogger()
    budget = createBudget({
      redis,
      keys: KEYS,
      clock: Date,
      reserves: () => ({ kind: 'share', share: 0.1 }),
    })
    simulator = await startSimulator({
      tokens: [TOKEN],
      builds: [{ ref: refOf('b'), startsInMs: -9000, durationMs: 1000, outcome: 'failure', log: LOG }],
    })
  })

  afterEach(() => simulator.stop())

  async function briefed(event: WatchEvent, messages: Partial<MessageSettings> = {}) {
    const client = createNorthflankClient({ baseUrl: simulator.url, token: secretOf(TOKEN), env: {} })
    const hook = { name: 'hook', type: 'webhook', options: {}, secrets: { secret: secretOf(HOOK_SECRET) } }
    const configuration = configurationOf({
      messages: { logLines: 0, ...messages },
      notifiers: new Map([['hook', { ...hook, pace: { concurrency: 1, groupMs: 0 } }]]),
    })
    const sources = {
      of: () => undefined,
      clientOf: (account: string) => (account === 'default' ? client : undefined),
      close: async () => undefined,
    }
    const store = { redis, keys: KEYS, budget }
    const briefing = await createBriefing({ configuration, sources }, { store, logger })(event)
    await client.close()
    return briefing
  }

  async function ended(build: string, minutes: number, outcome: Outcome = 'success'): Promise<WatchEvent> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    const entry = entryFor(UNRECORDED, endOf({ build, outcome, created: 0, ended: minutes }))
    await records.record(entry)
    if (entry.change?.kind !== 'news') throw new Error('it has ended')
    return entry.change.event
  }

  const parts = () => logger.lines.map(({ level, fields }) => [level, 'part' in fields ? fields.part : ''])

  it('says what builds that succeeded have taken, without the one that it is about', async () => {
    for (const [at, minutes] of [2, 3, 9].entries()) await ended(`good-${at}`, minutes)
    for (const build of ['bad-1', 'bad-2', 'bad-3', 'bad-4']) await ended(build, 1, 'failure')
    expect(await briefed(await ended('b', 60))).toEqual({ usualMs: 3 * 60_000 })
  })

  it('says nothing of what is usual while too little is known', async () => {
    await ended('good-1', 1)
    await ended('good-2', 1)
    expect(await briefed(await ended('b', 60))).toEqual({})
  })

  it('counts a build whose record has expired as one that may have failed', async () => {
    for (const [at, minutes] of [2, 3, 9].entries()) await ended(`good-${at}`, minutes)
    await redis.del(KEYS.build('shop/jobs/nightly/good-2'))
    expect(await briefed(await ended('b', 60))).toEqual({ usualMs: 3 * 60_000 })
  })

  it('has the last lines of the log of a build that failed: readable, on one line each, without secrets', async () => {
    const { logLines = [] } = await briefed(await ended('b', 1, 'failure'), { logLines: 6 })
    expect(logLines).toEqual([
      'Step 1/3 : FROM node:24',
      'npm error [secret]',
      '100 %',
      'POST [secret] with [secret]',
      'forged\\u2028line \\u202egnp.exe',
      'FAILURE',
    ])
    const after = await budget.take('default', 'reserve')
    expect(after).toMatchObject({ kind: 'granted', number: 2 })
  })

  it.each(['success', 'aborted', 'submission_failure', 'unknown'] as const)(
    'does not ask for the log of a build that ended as %s',
    async (outcome) => {
      expect(await briefed(await ended('b', 1, outcome), { logLines: 5 })).toEqual({})
      expect(simulator.served()).toEqual([])
    },
  )

  it('does without the log where no request is left, and does not ask', async () => {
    await budget.learn('default', 1, { limit: 1000, remaining: 0, resetInMs: 60_000, throttled: true })
    expect(await briefed(await ended('b', 1, 'failure'), { logLines: 5 })).toEqual({})
    expect(simulator.served()).toEqual([])
    expect(parts()).toEqual([['debug', 'log']])
  })

  it('asks once, and does without the log that the API refuses', async () => {
    simulator.fault({ kind: 'server_error', path: 'build-logs' })
    expect(await briefed(await ended('b', 1, 'failure'), { logLines: 5 })).toEqual({})
    expect(simulator.served()).toHaveLength(1)
    expect(parts()).toEqual([['debug', 'log']])
  })

  it('goes without a part that Redis does not have to give', async () => {
    const event = await ended('b', 1, 'failure')
    await redis.set(KEYS.durations('shop/jobs/nightly'), 'no set')
    expect(await briefed(event, { link: LINK.replace('t/{team}/', '') })).toEqual({
      link: 'https://app.example.com/shop/jobs/nightly/b',
    })
    expect(parts()).toEqual([['debug', 'usual duration']])
  })

  it('has a link with every id percent-encoded, and none where it names a team and there is none', async () => {
    const event = await ended('b', 1)
    const teams = { ...event, subject: 'teams/a%2Fc/shop/jobs/nightly/x%20%3Fy' }
    expect((await briefed(teams, { link: LINK })).link).toBe(
      'https://app.example.com/t/a%2Fc/shop/jobs/nightly/x%20%3Fy',
    )
    expect(await briefed(event, { link: LINK })).toEqual({})
    expect(await briefed(sampleTrouble(), { link: LINK, logLines: 5 })).toEqual({})
  })
})
