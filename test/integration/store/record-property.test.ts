/**
 * Several recorders probe one build, each at its own pace: they read, something happens, they record what they saw. Whatever
 * the order, what stands in Redis afterwards must be one consistent history.
 */
import { beforeEach, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { Redis } from 'ioredis'
import { parseBuildKey } from '../../../src/domain/build.js'
import type { BuildEvent } from '../../../src/domain/event.js'
import type { RecordEntry } from '../../../src/domain/ports.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { schemaErrors } from '../../unit/store/event-validator.js'
import { entryFor, KEY, KEYS, REF, START_AT, testLogger } from './store-fixtures.js'

const RECORDERS = 3

const status = fc.constantFrom(
  'PENDING',
  'BUILDING',
  'UPLOADING',
  'SUCCESS',
  'FAILURE',
  'NEW WORD.2',
  'concluded',
)
const build: fc.Arbitrary<Omit<ApiBuild, 'id'>> = fc.record(
  {
    status,
    concluded: fc.oneof(
      { weight: 5, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    success: fc.boolean(),
    branch: fc.constantFrom('main', 'release/1'),
    message: fc.option(fc.string()),
    pullRequestId: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    createdAt: fc.constant('2026-01-05T11:58:00.000Z'),
    buildConcludedAt: fc.constantFrom(START_AT / 1000 - 30, START_AT - 500, -1),
    registry: fc.record({ uri: fc.webUrl() }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
)

const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), by: fc.nat(RECORDERS - 1), build }),
  fc.record({ kind: fc.constant('record' as const), by: fc.nat(RECORDERS - 1) }),
)

function seen(served: Omit<ApiBuild, 'id'>, observedAt: number): Snapshot {
  const concludedAt = served.buildConcludedAt === START_AT - 500 ? START_AT - 500 : undefined
  return {
    ref: REF,
    build: { id: REF.build, ...served },
    observedAt,
    ...(served.createdAt ? { createdAt: Date.parse(served.createdAt) } : {}),
    ...(concludedAt === undefined ? {} : { concludedAt }),
  }
}

describeEachRedis('racing recorders of one build', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  async function eventsIn(key: string): Promise<{ id: string; event: BuildEvent }[]> {
    const entries = await redis.xrange(key, '-', '+')
    return entries.map(([id, fields]) => ({ id, event: JSON.parse(fields[1] ?? '') }))
  }

  it('leave one gapless history that ends with the first conclusion and equals the hash', async () => {
    const recorders = Array.from({ length: RECORDERS }, () =>
      createBuildRecords({ redis: engine.connect(), keys: KEYS, logger: testLogger() }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await redis.flushall()
        const inHand = new Map<number, RecordEntry>()
        for (const [at, { by, ...what }] of steps.entries()) {
          const recorder = recorders[by]!
          if (what.kind === 'read') {
            const [before = UNRECORDED] = await recorder.read([REF])
            inHand.set(by, entryFor(before, seen(what.build, START_AT + at * 1000)))
          } else if (inHand.has(by)) await recorder.record(inHand.get(by)!)
        }
        // Then all that is in hand at once, each twice.
        await Promise.all(
          [...inHand].flatMap(([by, entry]) => [1, 2].map(() => recorders[by]!.record(entry))),
        )
        await expectConsistent()
      }),
      { numRuns: 60 },
    )
  })

  async function expectConsistent(): Promise<void> {
    const own = await eventsIn(KEYS.transitions(KEY))
    const logged = await eventsIn(KEYS.events)
    const hash = await redis.hgetall(KEYS.build(KEY))
    expect(own.map(({ id }) => id)).toEqual(own.map((_, at) => `${at + 1}-0`))
    expect(logged.map(({ event }) => event)).toEqual(own.map(({ event }) => event))
    expect(new Set(own.map(({ event }) => event.id)).size).toBe(own.length)
    for (const [at, { event }] of own.entries()) {
      expect({ event, errors: schemaErrors(event) }).toEqual({ event, errors: [] })
      expect(event.data.seq).toBe(at + 1)
      expect(event.data.from).toBe(own[at - 1]?.event.data.to ?? null)
      expect(event.type.includes('concluded') && at < own.length - 1).toBe(false)
      expect(parseBuildKey(event.subject)).toEqual(REF)
    }
    expectHashIsLast(hash, own.at(-1)?.event)
  }

  function expectHashIsLast(hash: Record<string, string>, last: BuildEvent | undefined): void {
    if (!last) {
      expect(hash['seq'] ?? '0').toBe('0')
      return
    }
    const { seq, to, from, outcome, observedAt, concludedAt, durationMs, detectedAfterMs } = last.data
    const { line, verdict, superseded, consecutive, since, redForMs, redBuilds } = last.data
    const { firstFailedBuild, firstFailedSha } = last.data
    const fields = {
      seq,
      to,
      from,
      outcome,
      observedAt,
      concludedAt,
      durationMs,
      detectedAfterMs,
      line,
      verdict,
      superseded,
      consecutive,
      since,
      redForMs,
      redBuilds,
      firstFailedBuild,
      firstFailedSha,
      id: last.id,
    }
    for (const [name, value] of Object.entries(fields)) expect(hash[name]).toBe(value?.toString())
    expect(hash['concluded']).toBe(String(last.type.includes('concluded')))
  }
})
