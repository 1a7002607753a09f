import { beforeEach, describe, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type BuildEvent, transitionEvent } from '../../../src/domain/event.js'
import { normaliseConcludedAt, normaliseCreatedAt } from '../../../src/domain/instant.js'
import type { Snapshot } from '../../../src/domain/snapshot.js'
import type { BuildRecords } from '../../../src/domain/ports.js'
import { detectChange, type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { ensureDataset } from '../../../src/store/dataset.js'
import { createKeys } from '../../../src/store/keys.js'
import { entryFor, KEY, KEYS, REF, snapshotOf, testLogger } from '../../integration/store/store-fixtures.js'
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
      keys.target('<build key>'),
      keys.targets,
      keys.openTargets,
      keys.configuration,
      keys.seenConfigurations,
      keys.replicas,
      keys.budget('<account>'),
      keys.permits('<account>'),
      keys.delivery('<delivery id>'),
      keys.pendingDeliveries,
      keys.deadDeliveries,
      keys.suspended,
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
    expect(transitionEvent('default', snapshot, change.transition)).toEqual(EXAMPLE)
  })

  it('explains every field of the event, and no other', () => {
    const ours = Object.keys(EXAMPLE.data).map((name) => `data.${name}`)
    const envelope = Object.keys(EXAMPLE).filter(
      (name) => !['specversion', 'datacontenttype', 'data'].includes(name),
    )
    expect(namesIn('## The event').sort()).toEqual([...envelope, ...ours].sort())
  })
})

async function recordOf(records: BuildRecords): Promise<RecordedBuild> {
  const [recorded = UNRECORDED] = await records.read([REF])
  return recorded
}

describeEachRedis('docs/redis.md', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  it('lists exactly the fields that a build hash can have', async () => {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    await records.record(entryFor(await recordOf(records), snapshotOf({ status: 'UPLOADING' })))
    await records.record(entryFor(await recordOf(records), exampleSnapshot()))
    expect(namesIn('### The build hash').sort()).toEqual((await redis.hkeys(KEYS.build(KEY))).sort())
  })

  it('names the contract that the daemon writes down', async () => {
    await ensureDataset({ redis, keys: KEYS, newId: () => 'dataset-1' })
    const { contract, dataset } = await redis.hgetall(KEYS.meta)
    expect(PAGE).toContain(`This page is a contract, version ${contract} (`)
    expect(dataset).toBe('dataset-1')
  })
})
