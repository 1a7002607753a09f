import { type FollowedBuild, isAbsence, type WatchEnd } from '../core/followed-build.js'
import type { Usual, UsualCourse } from '../core/usual-durations.js'
import { buildKey, resourceKey } from '../domain/build.js'
import { durationWords } from '../domain/duration-words.js'
import type { BuildEvent } from '../domain/event.js'

/** A build as it stands, for who looks on. Durations are ms. */
export interface BuildProgress {
  /** Its key; `newest of shop/jobs/nightly` until there is one. */
  readonly key: string
  readonly status: string | undefined
  /** Since its creation, or since it was first seen; until its end. */
  readonly elapsedMs: number | undefined
  /** How long it has been in this status, or been waited for. */
  readonly statusForMs: number
  readonly usual?: UsualCourse
  /** Why it cannot be seen at present: `not seen for 20 s (API_UNREACHABLE)`. */
  readonly trouble?: string
  readonly end?: WatchEnd
  /** The last event of it. */
  readonly event?: BuildEvent
}

export function progressOf(build: FollowedBuild, usual: Usual | undefined, now: number): BuildProgress {
  const { recorded, startedAt, statusAt = startedAt, end, event } = build
  const trouble = troubleOf(build, now)
  const elapsedMs = elapsedOf(build, now)
  const isUnderWay = end === undefined && elapsedMs !== undefined
  return {
    key: keyOf(build),
    status: recorded.status,
    elapsedMs,
    statusForMs: Math.max(0, now - statusAt),
    ...(usual && isUnderWay ? { usual: usual(elapsedMs) } : {}),
    ...(trouble === undefined ? {} : { trouble }),
    ...(end ? { end } : {}),
    ...(event ? { event } : {}),
  }
}

function keyOf({ ref, wanted }: FollowedBuild): string {
  if (ref !== undefined) return buildKey(ref)
  return wanted.kind === 'named' ? buildKey(wanted.ref) : `newest of ${resourceKey(wanted.ref)}`
}

/** That it has not appeared yet is none. */
function troubleOf(build: FollowedBuild, now: number): string | undefined {
  const { trouble, seenAt, startedAt, answeredAt = startedAt } = build
  if (trouble === undefined || (seenAt === undefined && isAbsence(trouble))) return undefined
  return `not seen for ${durationWords(now - answeredAt)} (${trouble.code})`
}

/** Of a build that has ended: how long it took. */
function elapsedOf(build: FollowedBuild, now: number): number | undefined {
  const { seenAt, createdAt = seenAt, statusAt, end, event } = build
  if (createdAt === undefined) return undefined
  const until = end?.kind === 'concluded' ? statusAt : now
  return event?.data.durationMs ?? Math.max(0, (until ?? now) - createdAt)
}
