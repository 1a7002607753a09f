import { createProbeLog } from '../../../src/core/probe-log.js'
import { type WatchPorts, type WatchVerdict, watch } from '../../../src/core/watch.js'
import {
  createMemoryApi,
  createMemoryBudget,
  createMemoryClock,
  createMemoryRecords,
  createMemoryTargets,
} from '../../support/memory-ports.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { NEVER_ABORTED, targetOf } from './fixtures.js'

export const TARGET = targetOf('quick-fox-1', [{ to: 'hook', on: ['concluded'] }])

/** One wanted target and everything that a poll of it works with and leaves behind. Without jitter: the lowest. */
export function watchBench({ budget = createMemoryBudget() } = {}) {
  const clock = createMemoryClock()
  const api = createMemoryApi(clock)
  const parts = {
    targets: createMemoryTargets([TARGET]),
    records: createMemoryRecords(),
    budget,
    clock,
    logger: createRecordingLogger(),
  }
  const ports: WatchPorts = {
    ...parts,
    probeLog: createProbeLog(parts),
    sourceOf: () => api,
    random: () => 0,
  }
  return {
    ...parts,
    api,
    poll: (changed: Partial<WatchPorts> = {}): Promise<WatchVerdict> =>
      watch(TARGET.id, NEVER_ABORTED, { ...ports, ...changed }),
    /** The statuses on the record, in order. */
    recorded: (): (string | null)[] => parts.records.log.map(({ event }) => event.data.to),
    /** What people read at the default level. */
    told: (): string[] =>
      parts.logger.lines
        .filter(({ level }) => level !== 'debug')
        .map(({ level, message }) => `${level}: ${message}`),
  }
}
