import { expect, it } from '@jest/globals'
import { createReconciledQueue } from '../../../src/queue/reconciled-queue.js'
import { startReschedulingWorker } from '../../../src/queue/rescheduling-worker.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { describeEachRedis } from '../../support/redis-engines.js'

const RUNS = 10
const PAUSE_MS = 100

describeEachRedis('a rescheduling worker', (engine) => {
  it('brings a job back after parts of a second, not after the next whole one', async () => {
    const { hostname: host, port } = new URL(engine.url())
    const settings = {
      connection: { host, port: Number(port), maxRetriesPerRequest: null },
      prefix: '{buildwatch}:queue',
      logger: createRecordingLogger(),
    }
    const queue = createReconciledQueue('polls', settings)
    const startedAt: number[] = []
    let finish: () => void = () => undefined
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const worker = startReschedulingWorker(
      'polls',
      async () => {
        startedAt.push(performance.now())
        if (startedAt.length <= RUNS) return { kind: 'again', inMs: PAUSE_MS }
        finish()
        return { kind: 'done' }
      },
      { ...settings, concurrency: 1, leaseMs: 10_000, clock: { now: Date.now } },
    )
    await queue.add([{ id: 'shop/jobs/nightly/quick-fox-1', inMs: 0 }])
    await finished
    await worker.stop(1000)
    await queue.close()
    const pauses = startedAt.slice(1).map((at, index) => at - (startedAt[index] ?? at))
    const median = pauses.toSorted((a, b) => a - b)[RUNS / 2]
    expect(median).toBeLessThan(3 * PAUSE_MS)
  })
})
