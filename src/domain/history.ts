/**
 * Which conclusions are news and which are history. A feed shows builds that ended long before anyone watched it; those
 * are recorded, for learning and for the heads of lines, but told to nobody. The border is a watermark for each interest:
 * the instant at which it was first watched.
 */
import type { Interest } from './target.js'

/** How far an interest has come. */
export interface Watermark {
  /** What concluded before it is history. Epoch ms. */
  readonly at: number
  /** The list has been read once as far back as was wanted: from then on `catchUpMs` bounds what is told late. */
  readonly caughtUp: boolean
}

export function firstWatermark(interest: Pick<Interest, 'sinceAt'>, now: number): Watermark {
  return { at: interest.sinceAt ?? now, caughtUp: false }
}

/** Before this instant a conclusion that nobody has seen yet is history. */
export function newsFrom({ at, caughtUp }: Watermark, catchUpMs: number, now: number): number {
  return caughtUp ? Math.max(at, now - catchUpMs) : at
}

export interface Conclusion {
  /** The later of creation and conclusion, where known: the API's own example concludes before it was created. */
  readonly endedAt: number | undefined
}

/**
 * Whether a build that is first seen concluded is history for an interest. One without any instant is history when the
 * interest is new and news afterwards: better told than lost.
 */
export function isHistory(
  { endedAt }: Conclusion,
  { watermark, catchUpMs, now }: { watermark: Watermark; catchUpMs: number; now: number },
): boolean {
  if (endedAt === undefined) return !watermark.caughtUp
  return endedAt < newsFrom(watermark, catchUpMs, now)
}

/** `undefined` where neither is known. */
export function endedAt({
  createdAt,
  concludedAt,
}: {
  createdAt?: number
  concludedAt?: number
}): number | undefined {
  if (createdAt === undefined) return concludedAt
  return concludedAt === undefined ? createdAt : Math.max(createdAt, concludedAt)
}
