/** A worker in a process of its own. */
import { type Child, childProgram } from './child-program.js'
import { PREFIX } from './queue-bench.js'

/** Its runs never end by themselves. SIGTERM: stops, prints `stopped`, and has nothing left to do. */
const PROGRAM = `
import { createReconciledQueue } from './src/queue/reconciled-queue.js'
import { startReschedulingWorker } from './src/queue/rescheduling-worker.js'
const quiet = () => undefined
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger }
const connection = { host: '127.0.0.1', port: Number(process.env.PORT), maxRetriesPerRequest: null }
const settings = { connection, prefix: '${PREFIX}', logger }
const queue = createReconciledQueue('polls', settings)
const run = (id, signal) => new Promise((resolve) => {
  console.log('running')
  signal.addEventListener('abort', () => resolve({ kind: 'again', inMs: 0 }))
})
const leaseMs = Number(process.env.LEASE_MS)
const worker = startReschedulingWorker('polls', run, { ...settings, concurrency: 1, leaseMs, clock: Date })
process.once('SIGTERM', async () => {
  await worker.stop(Number(process.env.GRACE_MS))
  await queue.close()
  console.log('stopped')
})
console.log(\`\${(await queue.live()).size} live\`)
`

export interface ChildSettings {
  readonly url: string
  readonly leaseMs: number
  readonly graceMs: number
}

/** To be called in a `describe` block. */
export function workerChildren(): { start(settings: ChildSettings): Child } {
  const program = childProgram(['domain', 'queue'], PROGRAM)
  return {
    start: ({ url, leaseMs, graceMs }) =>
      program.start({ PORT: new URL(url).port, LEASE_MS: String(leaseMs), GRACE_MS: String(graceMs) }),
  }
}
