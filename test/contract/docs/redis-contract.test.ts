import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { type BuildEvent, stuckEvent, transitionEvent } from '../../../src/domain/event.js'
import { normaliseConcludedAt, normaliseCreatedAt } from '../../../src/domain/instant.js'
import type { Snapshot } from '../../../src/domain/snapshot.js'
import { detectChange, UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { ensureDataset } from '../../../src/store/dataset.js'
import { createKeys } from '../../../src/store/keys.js'
import { entryFor, KEYS, REF, snapshotOf, testLogger } from '../../integration/store/store-fixtures.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { schemaErrors } from '../../unit/store/event-validator.js'
import { bare, fence, readPage, rowsOf, section } from './markdown.js'

const PAGE = readPage('docs/redis.md')
const EXAMPLE: BuildEvent = JSON.parse(fence(PAGE, 'json event'))

/** What the API must have served for the event of the page. */
function exampleSnapshot(): Snapshot {
  const { build, observedAt } = EXAMPLE.data
  const seenAt = Date.parse(observedAt)
  const createdAt = normaliseCreatedAt(build.createdAt)
  const concludedAt = normaliseConcludedAt(build.buildConcludedAt, seenAt)
  return {
    ref: REF,
    build,
    observedAt: seenAt,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(concludedAt === undefined ? {} : { concludedAt }),
  }
}

function namesIn(heading: string): string[] {
  return rowsOf(section(PAGE, heading)).map(([name = '']) => bare(name))
}

describe('docs/redis.md', () => {
  it('names every key, the public ones first', () => {
    const { selfTest, ...keys } = createKeys('buildwatch')
    const named = [
      keys.build('<build key>'),
      keys.transitions('<build key>'),
      keys.events,
      keys.meta,
      keys.target('<target id>'),
      keys.probes('<target id>'),
      keys.targets,
      keys.openTargets,
      keys.named,
      keys.active('<resource key>'),
      keys.durations('<resource key>'),
      keys.lines('<resource key>'),
      keys.linesMoved('<resource key>'),
      keys.watermarks,
      keys.trouble('<subject>'),
      keys.accounts,
      keys.run('<schedule>:<time>'),
      keys.configuration,
      keys.seenConfigurations,
      keys.replicas,
      keys.planning('<account>'),
      keys.budget('<account>'),
      keys.permits('<account>'),
      keys.delivery('<delivery id>'),
      keys.lane('<notifier>', '<lane>'),
      keys.once('<notifier>', '<claim>'),
      keys.acceptedAt('<notifier>'),
      keys.attemptsOf('<notifier>'),
      keys.deliveriesOf('<subject>'),
      keys.pendingDeliveries,
      keys.deadDeliveries,
      keys.queuedNotifiers,
      keys.memo('<notifier>', '<name>'),
      keys.suspended,
      keys.silences,
      keys.heartbeat('<replica>'),
      keys.heartbeats,
      keys.queue,
      selfTest.events.replace('events', '*'),
    ]
    const listed = namesIn('## Keys').filter((name) => name.startsWith('{'))
    expect(listed).toEqual(named)
    // The prefix itself, the channel and `record`, which only repeats others, are no keys.
    expect(Object.keys(keys)).toHaveLength(named.length - 1 + 3)
  })

  it('shows an event that the schema takes and the code would make', () => {
    const before = { seq: 3, status: 'UPLOADING', concluded: false, visits: {} }
    const snapshot = exampleSnapshot()
    const change = detectChange(before, snapshot)
    if (change.kind !== 'transition') throw new Error('the example is no transition')
    expect(schemaErrors(EXAMPLE)).toEqual([])
    // The record script adds what the end means for the line.
    const { verdict, consecutive, since, redForMs, redBuilds, ...rest } = EXAMPLE.data
    const { firstFailedBuild, firstFailedSha, ...ours } = rest
    expect(transitionEvent('default', snapshot, change.transition)).toEqual({ ...EXAMPLE, data: ours })
    const said = { verdict, consecutive, since, redForMs, redBuilds, firstFailedBuild, firstFailedSha }
    expect(said).toEqual({
      verdict: 'fixed',
      consecutive: 1,
      since: EXAMPLE.time,
      redForMs: expect.any(Number),
      redBuilds: expect.any(Number),
      firstFailedBuild: expect.any(String),
      firstFailedSha: expect.any(String),
    })
  })

  it('explains every field of the event, and no other', () => {
    const ours = Object.keys(EXAMPLE.data).map((name) => `data.${name}`)
    const envelope = Object.keys(EXAMPLE).filter(
      (name) => !['specversion', 'datacontenttype', 'data'].includes(name),
    )
    // The example has a verdict, and so cannot be superseded too.
    expect(namesIn('## The event').sort()).toEqual([...envelope, ...ours, 'data.superseded'].sort())
  })
})

describeEachRedis('docs/redis.md', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  it('lists exactly the fields that a build hash can have', async () => {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    const fields = new Set<string>()
    const note = async (ref = REF) => {
      for (const field of await redis.hkeys(KEYS.build(buildKey(ref)))) fields.add(field)
    }
    const see = async (snapshot: Snapshot) => {
      const [before = UNRECORDED] = await records.read([snapshot.ref])
      await records.record(entryFor(before, snapshot))
    }
    const at = (build: string, createdAt: string, status: string) =>
      snapshotOf({ status, concluded: true, branch: 'main', sha: '1a2b', createdAt }, { ...REF, build })
    // Broken by one build, mended by the example; between them one that ends too late to say anything.
    await see(at('older', '2026-03-04T08:00:00.000Z', 'FAILURE'))
    await see(snapshotOf({ status: 'UPLOADING' }))
    const [running = UNRECORDED] = await records.read([REF])
    const stuck = { reason: 'overdue', status: 'UPLOADING', ageMs: 1, inStatusMs: 1 } as const
    await records.tellStuck(stuckEvent('default', snapshotOf({ status: 'UPLOADING' }), stuck), [])
    await records.record(entryFor(running, exampleSnapshot()))
    await note()
    const late = at('late', '2026-03-04T09:00:00.000Z', 'FAILURE')
    await see(late)
    await note(late.ref)
    const past = at('past', '2026-03-01T09:00:00.000Z', 'SUCCESS')
    const { change, ...entry } = entryFor(UNRECORDED, past)
    if (change?.kind !== 'news') throw new Error('it has concluded')
    const { transition, event } = change
    await records.record({ ...entry, change: { kind: 'history', transition, event } })
    await note(past.ref)
    expect(namesIn('### The build hash').sort()).toEqual([...fields].sort())
  })

  it('names the contract that the daemon writes down', async () => {
    await ensureDataset({ redis, keys: KEYS, newId: () => 'dataset-1' })
    const { contract, dataset } = await redis.hgetall(KEYS.meta)
    expect(PAGE).toContain(`This page is a contract, version ${contract} (`)
    expect(dataset).toBe('dataset-1')
  })
})
