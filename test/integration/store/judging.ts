/** Records the ends of builds of one job, and reads what was made of its lines. */
import { expect } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey, resourceKey } from '../../../src/domain/build.js'
import type { BuildEvent, BuildEventData } from '../../../src/domain/event.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { schemaErrors } from '../../unit/store/event-validator.js'
import { type Ended, endOf } from './ended-builds.js'
import { entryFor, KEYS, REF, refOf, testLogger } from './store-fixtures.js'

const LINES = KEYS.lines(resourceKey(REF))

type Judged = Pick<
  BuildEventData,
  | 'verdict'
  | 'consecutive'
  | 'since'
  | 'superseded'
  | 'redForMs'
  | 'redBuilds'
  | 'firstFailedBuild'
  | 'firstFailedSha'
>

export type Judging = ReturnType<typeof judgingOn>

export function judgingOn(redis: Redis) {
  const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })

  async function lastEvent(): Promise<BuildEvent> {
    const [last] = await redis.xrevrange(KEYS.events, '+', '-', 'COUNT', 1)
    return JSON.parse(last?.[1][1] ?? '')
  }

  return {
    records,
    lastEvent,
    /** What the event of this end says of its line. */
    async judge(ended: Ended): Promise<Judged> {
      const recorded = await records.record(entryFor(UNRECORDED, endOf(ended)))
      expect(recorded).toEqual({ kind: 'recorded', seq: 1 })
      const event = await lastEvent()
      expect({ event, errors: schemaErrors(event) }).toEqual({ event, errors: [] })
      const { verdict, consecutive, since, superseded, redForMs, redBuilds } = event.data
      const { firstFailedBuild, firstFailedSha } = event.data
      const row = { verdict, consecutive, since, superseded, redForMs, redBuilds }
      const judged = { ...row, firstFailedBuild, firstFailedSha }
      return Object.fromEntries(Object.entries(judged).filter(([, value]) => value !== undefined))
    },
    headOf: async (line = 'branch/main') => JSON.parse((await redis.hget(LINES, line)) ?? 'null'),
    /** As if the record of the build had expired. */
    async lose(build: string): Promise<void> {
      const key = buildKey(refOf(build))
      await redis.del(KEYS.build(key), KEYS.transitions(key))
    },
  }
}
