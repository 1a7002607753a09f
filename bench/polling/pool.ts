import { Worker } from 'node:worker_threads'
import type { CellResult, CellTask } from './cell.js'

const WORKERS = 2

/** Runs all tasks on two threads; results in the order of the tasks. */
export async function runAll(
  tasks: readonly CellTask[],
  onDone: (done: number) => void,
): Promise<CellResult[]> {
  const results: CellResult[] = []
  let next = 0
  let done = 0
  const lane = async (): Promise<void> => {
    const worker = new Worker(new URL('./worker.js', import.meta.url))
    while (next < tasks.length) {
      const index = next
      next += 1
      results[index] = await answerOf(worker, tasks[index]!)
      done += 1
      onDone(done)
    }
    await worker.terminate()
  }
  await Promise.all(Array.from({ length: WORKERS }, lane))
  return results
}

function answerOf(worker: Worker, task: CellTask): Promise<CellResult> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', (result: CellResult) => {
      worker.off('error', reject)
      resolve(result)
    })
    worker.postMessage(task, [])
  })
}
