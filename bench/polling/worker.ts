import { parentPort } from 'node:worker_threads'
import { type CellTask, runCell } from './cell.js'

parentPort?.on('message', (task: CellTask) => parentPort?.postMessage(runCell(task), []))
