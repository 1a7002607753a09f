/**
 * Which builds are to be told, worked out from what the watchlists said and when. What cannot be known from outside, as
 * the very instant at which a new version came into force, makes a `maybe`: there the daemon is right either way.
 */
import { excused } from './excused.js'
import {
  type BuildTruth,
  groupBy,
  type History,
  IN_HAND_MS,
  type ServedAnswer,
  type Span,
  type Version,
  type WatchTruth,
} from './history.js'
import { isMeantBy } from './wants.js'

export interface Wanted {
  /** Whether the build's end is to be told, once it has ended. */
  telling(build: BuildTruth): 'must' | 'may' | 'never'
  /** Whether the build is wanted in all versions that can have been in force then. */
  during(build: BuildTruth, span: Span): 'yes' | 'maybe' | 'no'
}

/** When a watch was first looked after: its border between history and news. */
type Border = Span

const FOREVER: Border = { from: -Infinity, until: -Infinity }

export function createWanted(history: History): Wanted {
  const { versions } = history
  const served = groupBy(history.answers, ({ build }) => build)
  const borders = new Map<string, Border>()

  function borderOf(watch: WatchTruth): Border {
    if (watch.build !== undefined) return FOREVER
    if (watch.sinceAt !== undefined) return { from: watch.sinceAt, until: watch.sinceAt }
    const name = interestOf(watch)
    const known = borders.get(name) ?? firstLookAfter(watch, history)
    borders.set(name, known)
    return known
  }

  function during(build: BuildTruth, span: Span): 'yes' | 'maybe' | 'no' {
    const possible = versionsDuring(versions, { ...span, until: span.until + IN_HAND_MS })
    const wanting = possible.filter(({ watches }) => watches.some((watch) => isMeantBy(watch, build)))
    if (wanting.length === 0) return 'no'
    return wanting.length === possible.length ? 'yes' : 'maybe'
  }

  /** It was shown to have ended while it was surely wanted by a watch that takes such an end for news. */
  function wasSurelySeen(build: BuildTruth, news: readonly WatchTruth[]): boolean {
    const answers = served.get(build.key) ?? []
    const mayBeMissing = excused(answers, history.faults)
    return answers.some((answer, at) => {
      if (!answer.concluded || mayBeMissing[at]) return false
      const possible = versionsDuring(versions, takenIn(answer))
      return possible.every(({ watches }) => watches.some((watch) => isAmong(watch, news)))
    })
  }

  return {
    during,
    telling(build) {
      const endedAt = endOf(build) ?? Infinity
      const wanting = versionsDuring(versions, { from: build.createdAt, until: Infinity }).flatMap(
        ({ watches }) => watches.filter((watch) => isMeantBy(watch, build)),
      )
      if (wanting.every((watch) => endedAt < borderOf(watch).from)) return 'never'
      const news = wanting.filter((watch) => borderOf(watch).until <= endedAt)
      if (versions.at(-1)?.watches.some((watch) => isAmong(watch, news))) return 'must'
      return wasSurelySeen(build, news) ? 'must' : 'may'
    },
  }
}

function takenIn({ startedAt, endedAt }: ServedAnswer): Span {
  return { from: startedAt, until: endedAt + IN_HAND_MS }
}

/** The later of creation and conclusion. */
function endOf({ createdAt, concludedAt }: BuildTruth): number | undefined {
  return concludedAt === undefined ? undefined : Math.max(createdAt, concludedAt)
}

function versionsDuring(versions: readonly Version[], { from, until }: Span): Version[] {
  return versions.filter(
    (version, at) => version.from <= until && (versions[at + 1]?.until ?? Infinity) >= from,
  )
}

/** Watches with equal filters and beginnings share a border. */
function interestOf({ resource, branches, pullRequests, sinceAt }: WatchTruth): string {
  return JSON.stringify([resource, branches, pullRequests, sinceAt])
}

function isAmong(watch: WatchTruth, watches: readonly WatchTruth[]): boolean {
  return watches.some((each) => each.build === watch.build && interestOf(each) === interestOf(watch))
}

/**
 * Not before the first version that has the watch, and not after the first request that was surely made for it. A
 * daemon that lost even the memory of that begins anew.
 */
function firstLookAfter(watch: WatchTruth, { versions, exchanges, faults }: History): Border {
  const first = versions.find(({ watches }) => watches.some((each) => interestOf(each) === interestOf(watch)))
  if (!first) return { from: Infinity, until: Infinity }
  const firstRequest = (after: number): number =>
    Math.min(
      Infinity,
      ...exchanges
        .filter(({ lists, startedAt }) => lists === watch.resource && startedAt >= after)
        .map(({ startedAt }) => startedAt),
    )
  let until = firstRequest(first.until)
  for (const { lostSince = Infinity, forgotten, until: backAt } of faults)
    if (forgotten && lostSince <= until) until = firstRequest(backAt)
  return { from: first.from, until }
}
