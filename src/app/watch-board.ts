/** The builds that somebody waits for, as whoever asks for them writes it down, and what the command line shows of it. */
import {
  awaitedUntil,
  beginFollowing,
  type Followed,
  type FollowedBuild,
  missed,
  timedOut,
  type Wanted,
  waitingWords,
} from '../core/followed-build.js'
import type { Usual } from '../core/usual-durations.js'
import type { BuildwatchdError } from '../domain/errors.js'
import type { BuildEvent } from '../domain/event.js'
import type { Clock } from '../domain/ports.js'
import { type BuildProgress, progressOf } from './build-progress.js'

export interface WatchListener {
  /** Each transition once. */
  event(event: BuildEvent): void
  /** What is said beside the results: which way is taken, and what is in the way. */
  notice(words: string): void
}

export interface BoardOptions {
  readonly wanted: readonly Wanted[]
  readonly listener: WatchListener
  readonly clock: Clock
  /** How long a build is waited for that nobody sees. */
  readonly appearMs: number
  /** The first bad end ends it for all. */
  readonly failFast: boolean
}

export interface Board {
  /** Fires when nothing is left to be waited for. */
  readonly over: AbortSignal
  readonly appearMs: number
  /** Says it once of each kind, for it may be met at every look. */
  readonly note: (kind: string, words: string) => void
  /** What has not ended. */
  open(): FollowedBuild[]
  put(before: FollowedBuild, after: Followed): void
  /** It was looked for in vain. */
  missed(before: FollowedBuild, error: BuildwatchdError): void
  /** Ends what has not ended. */
  readonly timeUp: () => void
  /** Epoch ms; see the function of the same name. */
  awaitedUntil(build: FollowedBuild): number
  /** What builds of its job usually take. */
  learned(build: FollowedBuild, usual: Usual): void
  readonly progress: () => BuildProgress[]
}

export function createBoard({ wanted, listener, clock, appearMs, failFast }: BoardOptions): Board {
  const builds = wanted.map((each) => beginFollowing(each, clock.now()))
  const usuals = new Map<FollowedBuild['wanted'], Usual>()
  const said = new Set<string>()
  const over = new AbortController()

  function put(before: FollowedBuild, { build, event }: Followed): void {
    const place = builds.indexOf(before)
    if (place < 0 || before.end !== undefined || over.signal.aborted) return
    builds[place] = build
    if (event) listener.event(event)
    const isOver = builds.every(({ end }) => end !== undefined) || (failFast && isBad(build))
    if (isOver) over.abort()
  }

  function note(kind: string, words: string): void {
    if (!said.has(kind)) listener.notice(words)
    said.add(kind)
  }

  return {
    over: over.signal,
    appearMs,
    note,
    open: () => builds.filter(({ end }) => end === undefined),
    put,
    missed(before, error) {
      const build = missed(before, error, { now: clock.now(), appearMs })
      if (build.end === undefined) note(error.code, waitingWords(before, error))
      put(before, { build })
    },
    timeUp() {
      if (over.signal.aborted) return
      for (const [place, build] of builds.entries())
        if (build.end === undefined) builds[place] = timedOut(build, clock.now())
      over.abort()
    },
    awaitedUntil: (build) => awaitedUntil(build, appearMs),
    learned: (build, usual) => void usuals.set(build.wanted, usual),
    progress: () => builds.map((build) => progressOf(build, usuals.get(build.wanted), clock.now())),
  }
}

function isBad({ end }: FollowedBuild): boolean {
  return end !== undefined && !(end.kind === 'concluded' && end.outcome === 'success')
}
