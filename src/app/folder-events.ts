import { type FSWatcher, watch } from 'node:fs'
import type { Logger } from '../domain/ports.js'

/** Events of the file system in some folders. They are a convenience: where there can be none, there are none. */
export interface FolderEvents {
  /** From here on, of these folders alone. */
  listenTo(folders: Iterable<string>): void
  close(): void
}

export function createFolderEvents(onEvent: () => void, logger: Logger): FolderEvents {
  const watchers = new Map<string, FSWatcher>()
  /** Those of which it has been said that there are no events. */
  const silent = new Set<string>()

  function open(folder: string): void {
    try {
      const watcher = watch(folder, { persistent: false }, onEvent)
      watchers.set(folder, watcher)
      watcher.on('error', (error) => drop(folder, error))
    } catch (error) {
      saySilent(folder, error)
    }
  }

  /** It may have been deleted, or all the events that the system can watch for be taken. */
  function drop(folder: string, error: unknown): void {
    saySilent(folder, error)
    watchers.get(folder)?.close()
    watchers.delete(folder)
  }

  function saySilent(folder: string, error: unknown): void {
    if (silent.has(folder)) return
    silent.add(folder)
    logger.debug({ folder, error }, 'no events of this folder; it is looked at once a second')
  }

  return {
    listenTo(folders) {
      const wanted = new Set(folders)
      for (const [folder, watcher] of watchers) {
        if (wanted.has(folder)) continue
        watcher.close()
        watchers.delete(folder)
      }
      for (const folder of wanted) if (!watchers.has(folder)) open(folder)
    },
    close() {
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}
