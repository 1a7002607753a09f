import type { AccountSettings } from '../config/configuration.js'
import { addedWatches, announce, announceEach } from './announce.js'
import { awaitRedis } from './await-redis.js'
import { firstLook } from './first-look.js'
import type { ActiveConfiguration } from './live-configuration.js'
import type { RedisEndpoint } from './redis-endpoint.js'
import { startWork, type Work } from './work.js'
import type { WorkMeans } from './work-means.js'

export interface BringUpMeans extends Omit<WorkMeans, 'url'> {
  readonly endpoint: RedisEndpoint
  readonly signal: AbortSignal
}

export interface Up {
  /** `undefined` when the daemon is stopped before Redis answers. Rejects with what no waiting cures. */
  readonly working: Promise<Work | undefined>
  /** Another version is active; whatever works takes note of it, or will begin with it. Never rejects. */
  reconfigured(before: ActiveConfiguration): Promise<void>
}

/** Waits until Redis answers, then sets everything in motion. */
export function bringUp(means: BringUpMeans): Up {
  const { live, store, endpoint, signal, logger } = means
  let work: Work | undefined

  async function start(): Promise<Work | undefined> {
    if (!(await awaitRedis({ store, rewound: endpoint.rewound, signal, logger }))) return undefined
    const begun = live.active()
    const started = await startWork({ ...means, url: endpoint.url })
    work = started
    const { watches, accounts } = live.active().configuration
    announce({ watches, keys: store.keys, url: endpoint.url, logger })
    look(accounts.values())
    // A reload that came meanwhile may have found nothing to tell.
    if (live.active() !== begun) await started.reconfigured()
    return started
  }

  /** It must hold up nothing. */
  function look(accounts: Iterable<AccountSettings>): void {
    const { sources, wanted } = live.active()
    const { budget, claimRun } = store
    const clientOf = (account: string) => sources.clientOf(account)
    void firstLook(accounts, { ...means, clientOf, targets: wanted.targets, budget, claimRun })
  }

  return {
    working: start(),
    async reconfigured(before) {
      if (!work) return
      await work.reconfigured()
      const [old, now] = [before.configuration, live.active().configuration]
      announceEach(addedWatches(old.watches, now.watches), { keys: store.keys, logger })
      look([...now.accounts.values()].filter(({ name }) => !old.accounts.has(name)))
    },
  }
}
