/**
 * One build that somebody waits for: what is known of it, and how the waiting ended. Pure: each answer makes a new value, and
 * an event where it was news. Two ways lead here, answers of the API and events of a daemon, and one may take over from the
 * other: so both write the same record, and what has been told is not told again.
 */
import { type BuildRef, buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { durationWords } from '../domain/duration-words.js'
import { ApiError, BuildwatchdError, type ErrorCode } from '../domain/errors.js'
import { type BuildEvent, CONCLUDED, transitionEvent } from '../domain/event.js'
import { normaliseCreatedAt } from '../domain/instant.js'
import type { Outcome } from '../domain/outcome.js'
import { safeExcerpt } from '../domain/safe-text.js'
import type { Snapshot } from '../domain/snapshot.js'
import {
  detectChange,
  type RecordedBuild,
  type Transition,
  UNRECORDED,
  visited,
} from '../domain/transition.js'
import { type BuildChoice, choiceWords, fitsChoice } from './choose-build.js'

/** What is to be followed. */
export type Wanted =
  | { readonly kind: 'named'; readonly ref: BuildRef }
  | { readonly kind: 'newest'; readonly ref: ResourceRef; readonly choice: BuildChoice }

export type WatchEnd =
  | { readonly kind: 'concluded'; readonly outcome: Outcome }
  | { readonly kind: 'failed'; readonly error: BuildwatchdError }

export interface FollowedBuild {
  readonly wanted: Wanted
  /** Absent until it is known which build it is. */
  readonly ref?: BuildRef
  readonly recorded: RecordedBuild
  /** Ids of the events that were told. */
  readonly told: ReadonlySet<string>
  /** The last of them. */
  readonly event?: BuildEvent
  readonly createdAt?: number
  /** When the waiting began, when the build was first seen, last seen, and seen to enter its status. Epoch ms. */
  readonly startedAt: number
  readonly seenAt?: number
  readonly answeredAt?: number
  /** The `seq` of the daemon's record when that was last read. */
  readonly readSeq?: number
  readonly statusAt?: number
  /** Since when each answer has been without it. */
  readonly awaySince?: number
  /** Why it cannot be seen at present. */
  readonly trouble?: BuildwatchdError
  readonly end?: WatchEnd
}

/** What an answer makes of it. */
export interface Followed {
  readonly build: FollowedBuild
  readonly event?: BuildEvent
}

export function beginFollowing(wanted: Wanted, now: number): FollowedBuild {
  const known = { wanted, recorded: UNRECORDED, told: new Set<string>(), startedAt: now }
  return wanted.kind === 'named' ? { ...known, ref: wanted.ref } : known
}

/** The build key, or what is looked for. */
export function nameOf({ ref, wanted }: FollowedBuild): string {
  if (ref !== undefined) return buildKey(ref)
  return wanted.kind === 'named' ? buildKey(wanted.ref) : choiceWords(wanted.ref, wanted.choice)
}

/** @param account whose token has seen it; events name it. */
export function sighted(before: FollowedBuild, snapshot: Snapshot, account: string): Followed {
  const rest = unchanged(before)
  const { observedAt, createdAt = before.createdAt } = snapshot
  const build: FollowedBuild = {
    ...rest,
    ref: snapshot.ref,
    ...(createdAt === undefined ? {} : { createdAt }),
    seenAt: before.seenAt ?? observedAt,
    answeredAt: observedAt,
  }
  const change = detectChange(before.recorded, snapshot)
  if (change.kind === 'none') return { build }
  const latest = { ...before.recorded, latest: snapshot.build }
  if (change.kind === 'details') return { build: { ...build, recorded: latest } }
  const event = transitionEvent(account, snapshot, change.transition)
  const recorded = { ...latest, ...recordOf(change.transition) }
  return {
    build: { ...build, recorded, ...telling(before, event), statusAt: observedAt, ...endOf(event) },
    event,
  }
}

function telling({ told }: FollowedBuild, event: BuildEvent): Pick<FollowedBuild, 'told' | 'event'> {
  return { told: new Set([...told, event.id]), event }
}

type Recordable = Pick<Transition, 'seq' | 'to' | 'concluded' | 'visits'>

function recordOf({ seq, to, concluded, visits }: Recordable): RecordedBuild {
  return { seq, concluded, visits, ...(to === null ? {} : { status: to }) }
}

/** It was looked at, and nothing is new. */
function unchanged(before: FollowedBuild): FollowedBuild {
  const { trouble: _, awaySince: __, ...rest } = before
  return rest
}

/** What a daemon has told: each id once, for after a loss of data it tells them again. */
export function heard(before: FollowedBuild, ref: BuildRef, event: BuildEvent): Followed {
  const { seq, to, build: latest, observedAt: observed } = event.data
  const { recorded } = before
  const concluded = event.type === CONCLUDED
  const rest = unchanged(before)
  if (before.told.has(event.id)) return { build: rest }
  const isEntered = to !== null && to !== recorded.status
  const visits = isEntered ? visited(recorded.visits, to) : recorded.visits
  const observedAt = Date.parse(observed)
  const createdAt = normaliseCreatedAt(latest.createdAt) ?? before.createdAt
  const build: FollowedBuild = {
    ...rest,
    ref,
    recorded: { ...recordOf({ seq, to, concluded, visits }), latest },
    ...telling(before, event),
    ...(createdAt === undefined ? {} : { createdAt }),
    seenAt: before.seenAt ?? observedAt,
    answeredAt: observedAt,
    statusAt: observedAt,
    ...endOf(event),
  }
  return { build, event }
}

/** It stands on a daemon's record, whatever of that is news. */
export function onRecord(
  before: FollowedBuild,
  { ref, recorded }: { readonly ref: BuildRef; readonly recorded: RecordedBuild },
  now: number,
): FollowedBuild {
  const { seq, createdAt = before.createdAt } = recorded
  return {
    ...unchanged(before),
    ref,
    ...(createdAt === undefined ? {} : { createdAt }),
    seenAt: before.seenAt ?? now,
    answeredAt: now,
    readSeq: seq,
  }
}

/**
 * What a daemon has recorded behind what was told. Whoever has just come is told where the build stands, not how it came there. Where
 * the API has told what the daemon has not, only what came later counts; after a loss of data the same ids come again.
 */
export function newsIn(
  { told, event: last }: FollowedBuild,
  recorded: readonly BuildEvent[],
): readonly BuildEvent[] {
  const place = recorded.findLastIndex(({ id }) => told.has(id))
  if (place >= 0) return recorded.slice(place + 1)
  if (last === undefined) return recorded.slice(-1)
  const since = Date.parse(last.data.observedAt)
  return recorded.filter(({ type, data }) => type === CONCLUDED || Date.parse(data.observedAt) > since)
}

/** Whether an event is about the build, or about one that is meant where none is known yet. */
export function isMeant({ ref, wanted }: FollowedBuild, { subject, data }: BuildEvent): boolean {
  if (ref !== undefined) return buildKey(ref) === subject
  if (wanted.kind !== 'newest' || !subject.startsWith(`${resourceKey(wanted.ref)}/`)) return false
  const createdAt = normaliseCreatedAt(data.build.createdAt)
  return fitsChoice(wanted.choice, { build: data.build, ...(createdAt === undefined ? {} : { createdAt }) })
}

function endOf({ type, data }: BuildEvent): Pick<FollowedBuild, 'end'> {
  return type === CONCLUDED ? { end: { kind: 'concluded', outcome: data.outcome ?? 'unknown' } } : {}
}

/** That it was looked for in vain, or could not be. What heals, or may appear yet, is waited out. */
export function missed(
  before: FollowedBuild,
  error: BuildwatchdError,
  { now, appearMs }: { readonly now: number; readonly appearMs: number },
): FollowedBuild {
  const isAway = isAbsence(error)
  const build = { ...before, trouble: error, ...(isAway ? { awaySince: awaySince(before, now) } : {}) }
  const isOver = FINAL.has(error.code) || (isAway && now >= awaitedUntil(build, appearMs))
  if (!isOver) return build
  const neverSeen = error.code === 'API_NOT_FOUND' && build.seenAt === undefined
  return { ...build, end: { kind: 'failed', error: neverSeen ? notYet(build, appearMs) : error } }
}

/** A person has to act. */
const FINAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'API_UNAUTHORIZED',
  'API_FORBIDDEN',
  'API_WRONG_ROUTE',
  'SECRET_UNREADABLE',
])

/** There was an answer, and the build was not in it. */
export function isAbsence({ code }: BuildwatchdError): boolean {
  return code === 'API_NOT_FOUND' || code === 'NOT_RECORDED'
}

/** The last good answer may be old when one comes without the build: that one begins the waiting, or a blip would end it. */
function awaySince({ awaySince, seenAt, startedAt }: FollowedBuild, now: number): number {
  return awaySince ?? (seenAt === undefined ? startedAt : now)
}

/** A build that nobody sees is given up then: one that was seen may be away for a moment too. Epoch ms. */
export function awaitedUntil({ awaySince, startedAt }: FollowedBuild, appearMs: number): number {
  return (awaySince ?? startedAt) + appearMs
}

/** What to say once while it goes on. */
export function waitingWords(build: FollowedBuild, error: BuildwatchdError): string {
  if (!isAbsence(error)) return `${error.code}: ${error.message}; it is tried again`
  const absence = build.seenAt === undefined ? 'is not there yet' : 'is not there any more'
  return `${nameOf(build)} ${absence}; it is waited for`
}

/** No build has been made yet that is meant. */
export function notYet(build: FollowedBuild, withinMs: number, option = '--appear-timeout'): ApiError {
  const message = `${nameOf(build)} has not appeared within ${durationWords(withinMs)}; check ${wantedWords(build)}, or give it longer with ${option}`
  return new ApiError('API_NOT_FOUND', message, { retryable: true })
}

function wantedWords({ wanted }: FollowedBuild): string {
  return wanted.kind === 'named' ? 'the ids of project, job or service, and build' : 'what narrows the choice'
}

/** The time is up: an outcome is not invented, and a last answer that was bad is what went wrong. */
export function timedOut(before: FollowedBuild, now: number): FollowedBuild {
  return { ...before, end: { kind: 'failed', error: inTheWay(before, now) ?? timeUp(before, now) } }
}

/** Where nobody has answered that there is no such job, the words speak of a time to appear, which is not over. */
function inTheWay(build: FollowedBuild, now: number): BuildwatchdError | undefined {
  const { trouble, ref, startedAt } = build
  const isNotYet = trouble instanceof ApiError && isAbsence(trouble) && trouble.status === undefined
  return ref === undefined && isNotYet ? notYet(build, now - startedAt, '--timeout') : trouble
}

function timeUp(build: FollowedBuild, now: number): BuildwatchdError {
  const { recorded, startedAt, seenAt } = build
  const after = durationWords(now - startedAt)
  if (seenAt === undefined) {
    const message = `nothing was heard of ${nameOf(build)} within ${after}; raise --timeout`
    return new ApiError('API_TIMED_OUT', message, { retryable: true })
  }
  const status = recorded.status === undefined ? 'without a status' : safeExcerpt(recorded.status, 60)
  const message = `${nameOf(build)} is still ${status} after ${after} of watching; raise --timeout to wait longer`
  return new BuildwatchdError('WATCH_TIMED_OUT', message)
}
