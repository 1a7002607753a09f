import { createBackoffCadence } from '../../../src/core/backoff-cadence.js'
import { createProbeLog } from '../../../src/core/probe-log.js'
import { createRights } from '../../../src/core/rights.js'
import { createSeenRunning } from '../../../src/core/seen-running.js'
import { type WatchPorts, type WatchVerdict, watch } from '../../../src/core/watch.js'
import { isBuildEvent } from '../../../src/domain/event.js'
import { STUCK_RULES } from '../../../src/domain/stuck.js'
import type { Target } from '../../../src/domain/target.js'
import type { RecordedBuild } from '../../../src/domain/transition.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { TROUBLE_RULES } from '../../../src/domain/trouble.js'
import { createMemoryApi } from '../../support/memory-api.js'
import { createMemoryMeters } from '../../support/memory-meters.js'
import {
  createMemoryBudget,
  createMemoryClock,
  createMemoryTargets,
  createMemoryWindows,
} from '../../support/memory-ports.js'
import {
  createMemoryProbeNotes,
  createMemoryRecords,
  createMemoryTroubles,
  createMemoryWatermarks,
} from '../../support/memory-records.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { JOB, NEVER_ABORTED, targetOf } from './fixtures.js'

export const TARGET = targetOf('quick-fox-1', [{ to: 'hook', on: ['concluded'] }])

/** Wanted targets and everything that a poll of one works with and leaves behind. Without jitter: the lowest. */
export function watchBench({
  budget = createMemoryBudget(),
  targets: wanted = [TARGET],
}: {
  budget?: ReturnType<typeof createMemoryBudget>
  targets?: readonly Target[]
} = {}) {
  const clock = createMemoryClock()
  const api = createMemoryApi(clock, JOB)
  const windows = createMemoryWindows()
  const parts = {
    targets: createMemoryTargets(wanted),
    records: createMemoryRecords(),
    watermarks: createMemoryWatermarks(),
    troubles: createMemoryTroubles(),
    probeNotes: createMemoryProbeNotes(),
    meters: createMemoryMeters(),
    budget,
    clock,
    windows,
    logger: createRecordingLogger(),
  }
  const ports: WatchPorts = {
    ...parts,
    rights: createRights(clock),
    seenRunning: createSeenRunning(),
    cadence: createBackoffCadence(() => 0),
    probeLog: createProbeLog(parts),
    troubleRules: TROUBLE_RULES,
    stuckRules: STUCK_RULES,
    sourceOf: () => api,
    random: () => 0,
  }
  const [first] = wanted
  return {
    ...parts,
    api,
    poll: (changed: Partial<WatchPorts> = {}, id = first?.id ?? ''): Promise<WatchVerdict> =>
      watch(id, NEVER_ABORTED, { ...ports, ...changed }),
    /** Serves the build of the first target, a single build. */
    serve: (build: Omit<Parameters<typeof api.serve>[0], 'id'>) =>
      api.serve({ id: TARGET.ref.build, ...build }),
    /** What is on record of {@link TARGET}. */
    onRecord: (): RecordedBuild => parts.records.heldOf(TARGET.id) ?? UNRECORDED,
    /** The statuses on the record, in order. */
    recorded: (): (string | null)[] =>
      parts.records.log.flatMap(({ event }) => (isBuildEvent(event) ? [event.data.to] : [])),
    /** Ids of the events in the log, without the key of the job. */
    events: (): string[] => parts.records.log.map(({ event }) => event.id.replace('shop/jobs/nightly/', '')),
    /** What people read at the default level. */
    told: (): string[] =>
      parts.logger.lines
        .filter(({ level }) => level !== 'debug')
        .map(({ level, message }) => `${level}: ${message}`),
  }
}
