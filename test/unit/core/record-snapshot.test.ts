import { describe, expect, it } from '@jest/globals'
import { recordSnapshot, type Sorted } from '../../../src/core/record-snapshot.js'
import type { RecordEntry } from '../../../src/domain/ports.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { createMemoryMeters } from '../../support/memory-meters.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { createMemoryRecords } from '../../support/memory-records.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { TARGET } from './watch-bench.js'

const NEWS = { kind: 'news', routes: TARGET.routes, named: true } as const

function recordBench(news: Sorted['news'] = NEWS) {
  const ports = {
    records: createMemoryRecords(),
    logger: createRecordingLogger(),
    meters: createMemoryMeters(),
  }
  return {
    ...ports,
    before: () => ports.records.heldOf(TARGET.id) ?? UNRECORDED,
    record(build: Partial<ApiBuild>, before: RecordedBuild = UNRECORDED, entries: RecordEntry[] = []) {
      const snapshot = {
        ref: TARGET.ref,
        build: { id: TARGET.ref.build, ...build },
        observedAt: MEMORY_START_AT,
      }
      const records: Pick<typeof ports.records, 'record'> = {
        record: (entry) => (entries.push(entry), ports.records.record(entry)),
      }
      return recordSnapshot({ account: 'default', snapshot, before, news }, { ...ports, records })
    },
  }
}

describe('recordSnapshot', () => {
  it('tells of a transition once it is recorded, with the outcome at the end', async () => {
    const bench = recordBench()
    await bench.record({ status: 'BUILDING' })
    await bench.record({ status: 'FAILURE', concluded: true }, bench.before())
    expect(bench.logger.lines).toEqual([
      { level: 'info', fields: { build: TARGET.id, seq: 1, from: null }, message: 'build is now BUILDING' },
      {
        level: 'info',
        fields: { build: TARGET.id, seq: 2, from: 'BUILDING', outcome: 'failure' },
        message: 'build has concluded: FAILURE',
      },
    ])
  })

  it('has words for a build that concluded without ever showing a status', async () => {
    const bench = recordBench()
    await bench.record({ concluded: true })
    expect(bench.logger.lines).toMatchObject([{ message: 'build has concluded: no status' }])
  })

  it('counts what is told, with the event', async () => {
    const bench = recordBench()
    await bench.record({ status: 'BUILDING' })
    await bench.record({ status: 'BUILDING', message: 'an afterthought' }, bench.before())
    await bench.record({ status: 'FAILURE', concluded: true }, bench.before())
    expect(bench.meters.counted.recorded.map(({ id }) => id)).toEqual([
      `${TARGET.id}#BUILDING`,
      `${TARGET.id}#concluded`,
    ])
  })

  it('counts no history', async () => {
    const bench = recordBench({ kind: 'history' })
    await bench.record({ status: 'SUCCESS', concluded: true })
    expect(bench.before()).toMatchObject({ concluded: true })
    expect(bench.meters.counted.recorded).toEqual([])
  })

  it('tells nothing of what could not be recorded', async () => {
    const bench = recordBench()
    await bench.record({ status: 'BUILDING' })
    expect(await bench.record({ status: 'QUEUED' })).toEqual({ kind: 'stale', moved: false })
    bench.records.refuse('no memory')
    expect(await bench.record({ status: 'QUEUED' })).toEqual({
      kind: 'refused',
      reason: 'no memory',
      moved: false,
    })
    expect(bench.logger.lines).toHaveLength(1)
    expect(bench.meters.counted.recorded).toHaveLength(1)
  })

  it('answers that a build has concluded, whatever is served after its end', async () => {
    const bench = recordBench()
    await bench.record({ status: 'SUCCESS', concluded: true })
    const before = bench.before()
    expect(await bench.record({ status: 'BUILDING' }, before)).toEqual({ kind: 'concluded', moved: false })
    expect(bench.before()).toEqual(before)
  })

  it('answers that nothing changed, and writes nothing, when all is as it was', async () => {
    const bench = recordBench()
    await bench.record({ status: 'BUILDING' })
    const before = bench.before()
    expect(await bench.record({ status: 'BUILDING' }, before)).toEqual({ kind: 'unchanged', moved: false })
  })

  it('takes no build for younger than its observation, though the record says so', async () => {
    const bench = recordBench()
    const entries: RecordEntry[] = []
    const ahead = { seq: 1, concluded: false, createdAt: MEMORY_START_AT + 60_000, visits: {} }
    await bench.record({ status: 'SUCCESS', concluded: true }, { ...UNRECORDED, ...ahead }, entries)
    expect(entries.map(({ snapshot }) => snapshot.createdAt)).toEqual([MEMORY_START_AT])
  })
})
