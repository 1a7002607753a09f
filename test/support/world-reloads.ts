/** Changes of the watchlists under running daemons, and the faults of the API that explain what these then tell. */
import type { Redis } from 'ioredis'
import type { DaemonProcess } from './daemon-process.js'
import { eventually } from './eventually.js'
import type { Reload } from './history-checker/history.js'
import { askedFor, foundInForce } from './in-force.js'
import { type FileChanges, renamedOver, type Watchlists, type WayOfChange } from './world-watchlists.js'

export interface Reloads {
  /** All that there were, for the checker. */
  readonly noted: readonly Reload[]
  /** Changes files; resolves when every running daemon has read them and is done with it. */
  reload(changes: FileChanges, way?: WayOfChange): Promise<Reload>
  /** Whatever `change` does to the files of the settings, it must lead to a reload, and the watches stay as they are. */
  reloadAfter(change: () => Promise<void> | void): Promise<Reload>
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
  const noted: Reload[] = []

  async function reloadAfter(change: () => Promise<void> | void): Promise<Reload> {
    const from = Date.now()
    await change()
    const running = daemons.filter((daemon) => daemon.isRunning())
    await Promise.all(running.map((daemon) => hasRead(daemon, from)))
    const asked = askedFor(watchlists.watches())
    const inForce = await eventually(async () => (await ask(foundInForce)) === asked && asked, {
      what: 'the new version in force',
      withinMs: IN_FORCE_WITHIN_MS,
    }).catch(() => ask(foundInForce))
    const reload = { from, until: Date.now(), asked, inForce }
    watchlists.cameIntoForce(reload)
    noted.push(reload)
    return reload
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
