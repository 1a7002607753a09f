/**
 * Builds start and end in any order, are created at any time or at none, are told or history, end again, and are lost from
 * Redis. After each step the record must say what a plain model of the rules says.
 */
import { beforeEach, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import type { BuildRecords, RecordResult } from '../../../src/domain/ports.js'
import type { Snapshot } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { endOf } from './ended-builds.js'
import { createLineModel, type LineModel, type ModelBuild, type Said } from './line-model.js'
import { entryFor, historyEntryFor, KEYS, REF, refOf, snapshotOf, testLogger } from './store-fixtures.js'

const RESOURCE = resourceKey(REF)
const MEMBERS = [
  'verdict',
  'superseded',
  'consecutive',
  'since',
  'redForMs',
  'redBuilds',
  'firstFailedBuild',
] as const

const build: fc.Arbitrary<Omit<ModelBuild, 'build'>> = fc.record({
  outcome: fc.constantFrom(
    'success',
    'success',
    'failure',
    'failure',
    'crashed',
    'submission_failure',
    'aborted',
    'unknown',
  ),
  created: fc.oneof({ weight: 9, arbitrary: fc.nat(6) }, { weight: 1, arbitrary: fc.constant(undefined) }),
  ended: fc.nat(12),
  branch: fc.constantFrom('main', 'main', 'dev'),
})
const step = fc.record({
  does: fc.constantFrom('start', 'end', 'end', 'end', 'history', 'lose'),
  at: fc.nat(11),
})
const scenario = fc.tuple(
  fc.array(build, { minLength: 3, maxLength: 12 }),
  fc.array(step, { minLength: 5, maxLength: 40 }),
)

describeEachRedis('the record of lines', (engine) => {
  let redis: Redis
  let records: BuildRecords

  beforeEach(() => {
    redis = engine.connect()
    records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
  })

  const running = ({ build, branch }: ModelBuild): Snapshot =>
    snapshotOf({ status: 'BUILDING', branch }, refOf(build))

  async function start(each: ModelBuild): Promise<RecordResult> {
    const [before = UNRECORDED] = await records.read([refOf(each.build)])
    // One that is running already has nothing new to say.
    const known = before.status === 'BUILDING' || before.concluded ? UNRECORDED : before
    return records.record(entryFor(known, running(each)))
  }

  async function end(each: ModelBuild): Promise<RecordResult> {
    const [before = UNRECORDED] = await records.read([refOf(each.build)])
    const isTold = before.concluded && !before.history
    return records.record(entryFor(isTold ? UNRECORDED : before, endOf(each)))
  }

  async function lose({ build }: ModelBuild): Promise<void> {
    const key = buildKey(refOf(build))
    await redis.del(KEYS.build(key), KEYS.transitions(key))
  }

  /** What the hash says of the line, and the last event with it where there is one. */
  async function saidOf({ build }: ModelBuild): Promise<Said> {
    const key = buildKey(refOf(build))
    const hash = await redis.hmget(KEYS.build(key), ...MEMBERS)
    const said = Object.fromEntries(MEMBERS.map((name, at) => [name, hash[at] ?? undefined]))
    const [own] = await redis.xrevrange(KEYS.transitions(key), '+', '-', 'COUNT', 1)
    if (own) {
      const data = JSON.parse(own[1][1] ?? '').data
      expect(Object.fromEntries(MEMBERS.map((name) => [name, data[name]?.toString()]))).toEqual(said)
    }
    return said
  }

  const does = { start, end, history: (each: ModelBuild) => records.record(historyEntryFor(endOf(each))) }

  /** Does one step in Redis and in the model; answers the verdict, unless it is told again. */
  async function take(
    what: keyof typeof does,
    each: ModelBuild,
    model: LineModel,
  ): Promise<string | undefined> {
    const isAtHead = model.headOf(each.branch) === each.build
    const answer = await does[what](each)
    const { kind, says } = model[what](each)
    expect({ what, each, kind: answer.kind }).toEqual({ what, each, kind })
    if (kind !== 'recorded' || what === 'start') return undefined
    const said = await saidOf(each)
    expect({ each, said }).toEqual({ each, said: { ...NOTHING_SAID, ...says } })
    return isAtHead ? undefined : said['verdict']
  }

  async function expectSame(model: LineModel): Promise<void> {
    expect((await records.active(REF)).map(({ build }) => build).sort()).toEqual(model.running())
    expect(await records.durations(REF)).toEqual(model.durations())
    for (const [line, head] of model.heads())
      expect(JSON.parse((await redis.hget(KEYS.lines(RESOURCE), line)) ?? '')).toMatchObject(head)
    expect(await redis.hlen(KEYS.lines(RESOURCE))).toBe(model.heads().size)
    expect(await redis.zcard(KEYS.linesMoved(RESOURCE))).toBe(model.heads().size)
  }

  it('says what the rules say, whatever happens in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ([facts, steps]) => {
        await redis.flushall()
        const model = createLineModel()
        const verdicts = new Map<string, string[]>()
        for (const { does: what, at } of steps) {
          const each: ModelBuild = { build: `b${at % facts.length}`, ...facts[at % facts.length]! }
          if (what === 'lose') {
            if (model.lose(each)) await lose(each)
            continue
          }
          const verdict = await take(what, each, model)
          if (verdict) verdicts.set(each.branch, [...(verdicts.get(each.branch) ?? []), verdict])
        }
        for (const told of verdicts.values()) expectAlternating(told)
        await expectSame(model)
      }),
      { numRuns: 80 },
    )
  })
})

const NOTHING_SAID: Said = Object.fromEntries(MEMBERS.map((name) => [name, undefined]))

/** Between two breaks there is a mend, and between two mends a break; what comes first says how the line began. */
function expectAlternating(verdicts: readonly string[]): void {
  const turns = verdicts.filter((verdict) => !verdict.startsWith('still_'))
  const isRed = turns.map((verdict) => verdict === 'broke' || verdict === 'first_failed')
  for (const [at, red] of isRed.entries())
    if (at > 0) expect({ turns, at, red }).toEqual({ turns, at, red: !isRed[at - 1] })
  expect(turns.filter((verdict) => verdict.startsWith('first_'))).toEqual(turns.slice(0, 1))
}
