import { type FollowedBuild, nameOf, type WatchEnd } from '../core/followed-build.js'
import type { Usual, UsualCourse } from '../core/usual-durations.js'
import type { BuildEvent } from '../domain/event.js'

/** A build as it stands, for who looks on. Durations are ms. */
export interface BuildProgress {
  readonly key: string
  readonly status: string | undefined
  /** Since its creation, or since it was first seen; until its end. */
  readonly elapsedMs: number | undefined
  readonly statusForMs: number
  readonly usual?: UsualCourse
  readonly trouble?: string
  readonly end?: WatchEnd
  /** The last event of it. */
  readonly event?: BuildEvent
}

export function progressOf(build: FollowedBuild, usual: Usual | undefined, now: number): BuildProgress {
  const { recorded, statusAt = now, trouble, end, event } = build
  const elapsedMs = elapsedOf(build, now)
  const isUnderWay = end === undefined && elapsedMs !== undefined
  return {
    key: nameOf(build),
    status: recorded.status,
    elapsedMs,
    statusForMs: Math.max(0, now - statusAt),
    ...(usual && isUnderWay ? { usual: usual(elapsedMs) } : {}),
    ...(trouble ? { trouble: `${trouble.code}: ${trouble.message}` } : {}),
    ...(end ? { end } : {}),
    ...(event ? { event } : {}),
  }
}

/** Of a build that has ended: how long it took. */
function elapsedOf(build: FollowedBuild, now: number): number | undefined {
  const { seenAt, createdAt = seenAt, statusAt, end, event } = build
  if (createdAt === undefined) return undefined
  const until = end?.kind === 'concluded' ? statusAt : now
  return event?.data.durationMs ?? Math.max(0, (until ?? now) - createdAt)
}
