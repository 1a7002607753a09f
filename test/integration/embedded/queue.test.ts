import { expect, it } from '@jest/globals'
import { Queue, Worker } from 'bullmq'
import { describeEachRedis } from '../../support/redis-engines.js'

describeEachRedis('a BullMQ queue', (engine) => {
  it('runs a delayed job once, not before its time', async () => {
    const queue = new Queue('polls', { connection: engine.connect(), prefix: '{test}' })
    let done: (at: number) => void = () => undefined
    const ran = new Promise<number>((resolve) => {
      done = resolve
    })
    const worker = new Worker('polls', async () => done(Date.now()), {
      connection: engine.connect(),
      prefix: '{test}',
    })
    await worker.waitUntilReady()
    const due = Date.now() + 60
    await queue.add('poll', {}, { delay: 60, jobId: 'shop/jobs/nightly' })
    expect(await ran).toBeGreaterThanOrEqual(due)
    await worker.close()
    await queue.close()
  })
})
