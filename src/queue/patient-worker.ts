import { type Processor, Worker, type WorkerOptions } from 'bullmq'
import { pause } from './pause.js'

const REFUSED_PAUSE_MS = 500

/**
 * A BullMQ worker that takes its time when Redis is there and refuses to hand out a job (out of memory, read only, a key of a
 * foreign type). BullMQ waits only where the connection is lost; on a refusal it asks again at once, some ten thousand times
 * a second, which is the last thing such a server needs.
 */
export class PatientWorker extends Worker {
  readonly #closing: AbortSignal

  constructor(
    ...[queueName, processor, { closing, ...options }]: [
      string,
      Processor,
      WorkerOptions & { readonly closing: AbortSignal },
    ]
  ) {
    super(queueName, processor, options)
    this.#closing = closing
  }

  protected override async moveToActive(token: string, name?: string) {
    try {
      return await super.moveToActive(token, name)
    } catch (error) {
      await pause(REFUSED_PAUSE_MS, this.#closing)
      throw error
    }
  }
}
