import { dirname } from 'node:path'
import type { LiveConfiguration } from './live-configuration.js'
import { createReloader, type ReloadMeans } from './reload.js'
import type { ValidSettings } from './settings.js'
import { watchFiles } from './watch-files.js'

export interface ReloadingMeans extends Omit<ReloadMeans, 'first' | 'reader'> {
  /** What is active at first. */
  readonly settings: ValidSettings
  /** No reload begins once it has fired. */
  readonly signal: AbortSignal
}

export interface Reloading {
  /** Whether or not anything has changed; one after another. Never rejects. */
  reload(): Promise<void>
  /** For the heartbeat: which version is active, and how the last reading of the files went. */
  facts(): Record<string, unknown>
  stop(): Promise<void>
}

/** Reads the files again whenever they have changed. */
export function startReloading({ settings, signal, ...means }: ReloadingMeans): Reloading {
  const { reader } = settings
  const { live, logger } = means
  const reloader = createReloader({ ...means, reader, first: settings })
  const reload = async (): Promise<void> => {
    if (!signal.aborted) await reloader.reload()
  }
  const files = watchFiles({
    ...reader,
    folders: () => foldersOf(live),
    onChange: reload,
    logger,
  })
  return {
    reload,
    facts() {
      const { version, loadedAt, configuration } = live.active()
      return {
        configuration: { version, digest: configuration.digest, loadedAt },
        lastReload: reloader.last(),
      }
    },
    stop: () => files.stop(),
  }
}

function foldersOf(live: LiveConfiguration): Set<string> {
  return new Set(live.active().configuration.files.map((file) => dirname(file)))
}
