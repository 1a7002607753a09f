/**
 * When the files of the configuration have changed. The truth is what they hold, asked for once a second: events of the file
 * system miss renamed, linked, deleted and mounted files, each in its own way, so they only make it quicker. A change counts
 * once the files have stood still for a moment, lest half a file be read.
 */
import type { Logger } from '../domain/ports.js'
import { pause } from '../queue/pause.js'
import { createFolderEvents } from './folder-events.js'

export interface WatchFilesMeans {
  /** Of all that the files hold, and of which there are. */
  readonly fingerprint: () => Promise<string>
  /** The fingerprint of what has been read last, whatever became of it. */
  readonly lastRead: () => string
  /** Whose events are listened to. */
  readonly folders: () => Iterable<string>
  /** Reads the files anew; they have stood still. */
  readonly onChange: () => Promise<unknown>
  readonly logger: Logger
  /** Between two looks; 1 s by default. */
  readonly everyMs?: number
  /** How long a change must have stood still; 250 ms by default. */
  readonly stillMs?: number
}

export interface FileWatch {
  /** Resolves when nothing is in hand any more. */
  stop(): Promise<void>
}

const EVERY_MS = 1000
const STILL_MS = 250
/** A folder in which something happens all the time must not be all that is looked at. */
const BREATH_MS = 50

export function watchFiles(means: WatchFilesMeans): FileWatch {
  const { fingerprint, lastRead, folders, onChange, logger, everyMs = EVERY_MS, stillMs = STILL_MS } = means
  const stopping = new AbortController()
  const { signal } = stopping
  let bell = new AbortController()
  const events = createFolderEvents(() => bell.abort(), logger)
  const ended = watchOn()

  async function watchOn(): Promise<void> {
    while (!signal.aborted) {
      events.listenTo(folders())
      await pause(everyMs, bell.signal)
      // What happens from here on rings for the next look.
      bell = new AbortController()
      await look().catch((error: unknown) =>
        logger.error({ error }, 'the files of the configuration could not be compared; they will be again'),
      )
      await pause(BREATH_MS, signal)
    }
  }

  async function look(): Promise<void> {
    if (signal.aborted || (await fingerprint()) === lastRead()) return
    const settled = await standingStill()
    if (!signal.aborted && settled !== lastRead()) await onChange()
  }

  /** The fingerprint once it has not changed for a while. */
  async function standingStill(): Promise<string> {
    let last = await fingerprint()
    for (;;) {
      await pause(stillMs, signal)
      const now = await fingerprint()
      if (now === last || signal.aborted) return now
      last = now
    }
  }

  return {
    async stop() {
      stopping.abort()
      bell.abort()
      events.close()
      await ended
    },
  }
}
