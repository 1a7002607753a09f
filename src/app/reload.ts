/**
 * From one version of the configuration to the next, in one step or not at all: read, check, build, swap. Whatever is wrong
 * on the way leaves what is active as it was.
 */
import type { Logger } from '../domain/ports.js'
import type { ActiveConfiguration, LiveConfiguration } from './live-configuration.js'
import { type BuildingMeans, nextVersion } from './next-version.js'
import { createReloadLog } from './reload-log.js'
import type { SettingsReader, ValidSettings } from './settings.js'

export interface ReloadMeans extends BuildingMeans {
  readonly reader: Pick<SettingsReader, 'load'>
  /** What `live` has been made of. */
  readonly first: ValidSettings
  readonly live: LiveConfiguration
  /** Puts what works on the new version, which may say the same as the one before. Never rejects. */
  readonly afterSwap: (before: ActiveConfiguration) => Promise<void>
  readonly logger: Logger
}

/** How the last reading of the files went. */
interface LastReload {
  /** Epoch ms. */
  readonly at: number
  /** Nothing at all was wrong. */
  readonly ok: boolean
  /** What was wrong, as far as it is worth showing. */
  readonly problems: readonly string[]
  /** Watchlists for which their last good version stands in, or that are left out. */
  readonly badFiles: readonly string[]
}

export interface Reloader {
  /** One after another; all that ask while one is in hand get the same next one. Never rejects. */
  reload(): Promise<void>
  last(): LastReload
}

type Reading = Pick<ValidSettings, 'problems' | 'badFiles'>

const SHOWN_PROBLEMS = 20

export function createReloader(means: ReloadMeans): Reloader {
  const { reader, live, clock } = means
  const log = createReloadLog(means)
  let good = means.first
  let last = lastReload(good)
  let inHand = Promise.resolve()
  let waiting: Promise<void> | undefined

  function lastReload({ problems, badFiles }: Reading): LastReload {
    const shown = problems.slice(0, SHOWN_PROBLEMS)
    return { at: clock.now(), ok: problems.length === 0, problems: shown, badFiles }
  }

  async function reloadOnce(): Promise<void> {
    const loaded = await reader.load(good)
    const before = live.active()
    const next = loaded.kind === 'valid' ? await nextVersion(before, { good, loaded }, means) : loaded
    if (next.kind === 'invalid') {
      last = lastReload({ problems: next.problems, badFiles: [] })
      return log.refused(next.problems)
    }
    live.swap(next.version)
    good = next.settings
    last = lastReload(good)
    log.swapped(before, next)
    await means.afterSwap(before)
  }

  async function reloadAfter(before: Promise<void>): Promise<void> {
    await before
    waiting = undefined
    await reloadOnce().catch((error: unknown) => log.broken(error))
  }

  return {
    reload: () => (inHand = waiting ??= reloadAfter(inHand)),
    last: () => last,
  }
}
