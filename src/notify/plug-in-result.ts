import { z } from 'zod'
import type { SendResult } from '../domain/delivery.js'
import { safeExcerpt } from '../domain/safe-text.js'
import type { HiddenValues } from './hidden-values.js'

const MAX_REASON = 300
const MOST_RETRY_AFTER_MS = 86_400_000

const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('accepted'), detail: z.string().optional() }),
  z.object({
    kind: z.literal('retry'),
    reason: z.string(),
    retryAfterMs: z.number().min(0).max(MOST_RETRY_AFTER_MS).optional(),
  }),
  z.object({ kind: z.literal('refused'), reason: z.string() }),
  z.object({ kind: z.literal('gone'), reason: z.string() }),
])

/** What a plug-in says of an attempt, with secrets hidden; anything that is no result is tried again. */
export function sendResultOf(said: unknown, hidden: HiddenValues): SendResult {
  const parsed = shape.safeParse(said)
  if (!parsed.success)
    return { kind: 'retry', reason: 'its send returned no result: {kind, reason} is wanted' }
  const clean = (text: string): string => safeExcerpt(hidden.hide(text), MAX_REASON)
  const result = parsed.data
  if (result.kind === 'accepted')
    return result.detail === undefined
      ? { kind: 'accepted' }
      : { kind: 'accepted', detail: clean(result.detail) }
  const { kind } = result
  const reason = clean(result.reason)
  if (kind !== 'retry' || result.retryAfterMs === undefined) return { kind, reason }
  return { kind, reason, retryAfterMs: result.retryAfterMs }
}
