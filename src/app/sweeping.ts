import { randomUUID } from 'node:crypto'
import { type SweepPorts, sweep } from '../core/sweep.js'
import { ensureDataset } from '../store/dataset.js'
import type { DeliveryWorkers } from './delivery-workers.js'
import type { WorkMeans } from './work-means.js'

export interface Sweeping {
  /** One sweep after those in hand, with the configuration that is active then. */
  sweep(): Promise<void>
  /** The next sweep asks again for what was abandoned. */
  resume(): void
}

export function createSweeping(
  { store, live, clock, logger }: WorkMeans,
  {
    polls,
    deliveries,
    workers,
  }: Pick<SweepPorts, 'polls' | 'deliveries'> & { readonly workers: Pick<DeliveryWorkers, 'leaving'> },
): Sweeping {
  let inHand: Promise<unknown> = Promise.resolve()
  let mustResume = true

  async function sweepOnce(): Promise<void> {
    await ensureDataset({ ...store, newId: randomUUID })
    await resumeOnce()
    const { wanted } = live.active()
    // What a notifier that was taken out has in hand is no orphan yet.
    const notifiers = [...wanted.notifiers, ...workers.leaving()]
    await sweep({ ...wanted, notifiers }, { ...store, clock, logger, polls, deliveries })
  }

  /** Left to the next sweep when Redis is away. */
  async function resumeOnce(): Promise<void> {
    if (!mustResume) return
    mustResume = false
    try {
      await store.targets.resume()
    } catch (error) {
      mustResume = true
      throw error
    }
  }

  return {
    sweep() {
      const next = inHand.then(sweepOnce)
      inHand = next.catch(() => undefined)
      return next
    },
    resume() {
      mustResume = true
    },
  }
}
