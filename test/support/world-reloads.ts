/** Changes of the watchlists under running daemons, and the faults of the API that explain what these then tell. */
import type { Redis } from 'ioredis'
import type { DaemonProcess } from './daemon-process.js'
import { eventually } from './eventually.js'
import type { Reload } from './history-checker/history.js'
import { askedFor, foundInForce } from './in-force.js'
import { type FileChanges, renamedOver, type Watchlists, type WayOfChange } from './world-watchlists.js'

export interface NotedReload extends Reload {
  /** When the last file had been changed. */
  readonly changedAt: number
}

export interface Reloads {
  /** All that there were, for the checker. */
  readonly noted: readonly NotedReload[]
  /** Changes files; resolves when every running daemon has read them and is done with it. */
  reload(changes: FileChanges, way?: WayOfChange): Promise<NotedReload>
  /** Whatever `change` does, it must lead to a reload. */
  reloadAfter(change: () => Promise<void> | void): Promise<NotedReload>
}

interface ReloadsMeans {
  readonly watchlists: Watchlists
  readonly daemons: readonly DaemonProcess[]
  readonly ask: <T>(question: (client: Redis) => Promise<T>) => Promise<T>
}

const READ_WITHIN_MS = 10_000
const IN_FORCE_WITHIN_MS = 10_000
/** What a daemon says when it is done with one reading of its files. */
const DONE = /"msg":"reload(ed\b| refused| was cut short)/

export function createReloads({ watchlists, daemons, ask }: ReloadsMeans): Reloads {
  const noted: NotedReload[] = []

  async function reloadAfter(change: () => Promise<void> | void): Promise<NotedReload> {
    const from = Date.now()
    await change()
    const changedAt = Date.now()
    const running = daemons.filter((daemon) => daemon.isRunning())
    await Promise.all(running.map((daemon) => hasRead(daemon, from)))
    const asked = askedFor(watchlists.watches())
    const inForce = await settledOn(asked)
    const reload = { from, changedAt, until: Date.now(), asked, inForce }
    watchlists.cameIntoForce(reload)
    noted.push(reload)
    return reload
  }

  /** What is found in force once it is what was asked for, or, if it does not become that, in the end. */
  async function settledOn(asked: string): Promise<string> {
    const isIt = async (): Promise<boolean> => (await ask(foundInForce)) === asked
    await eventually(isIt, { what: asked, withinMs: IN_FORCE_WITHIN_MS }).catch(() => undefined)
    return ask(foundInForce)
  }

  return {
    noted,
    reloadAfter,
    reload: (changes, way = renamedOver) => reloadAfter(() => watchlists.change(changes, way)),
  }
}

async function hasRead({ lines, stderr }: DaemonProcess, from: number): Promise<void> {
  await eventually(() => lines.some(({ at, text }) => at >= from && DONE.test(text)), {
    what: 'a daemon that has read its files anew',
    withinMs: READ_WITHIN_MS,
    evidence: () => stderr().slice(-15).join('\n'),
  })
}
