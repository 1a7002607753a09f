/**
 * The Web API says "no" with a 200. Errors as docs.slack.dev/reference/methods/chat.postMessage and chat.update list them
 * (copied in slack-ruby/slack-api-ref@03c5679).
 */
import { z } from 'zod'
import { standardTable, type Verdict } from './status-table.js'

const answerSchema = z.object({
  ok: z.boolean(),
  error: z.string().optional(),
  /** Id of the channel, whatever it was called in the request. */
  channel: z.string().optional(),
  ts: z.string().optional(),
})

export type SlackAnswer = z.output<typeof answerSchema>

/** Those that time mends; all others are about this very request, token or channel. */
const TRANSIENT: ReadonlySet<string> = new Set([
  'external_channel_migrating',
  'fatal_error',
  'internal_error',
  'message_limit_exceeded',
  'org_login_required',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
  'streaming_state_conflict',
  'team_added_to_org',
  'update_failed',
])

/** Slack knows the `client_msg_id` of a post from before, but has no such message (any more). */
const ORPHANED: ReadonlySet<string> = new Set(['duplicate_channel_not_found', 'duplicate_message_not_found'])

/** The message that was to be changed cannot be changed (any more). */
const LOST: ReadonlySet<string> = new Set([
  'block_mismatch',
  'cant_update_message',
  'edit_window_closed',
  'message_not_found',
])

/** `undefined` when it is none, such as the page of a proxy. */
export function readSlackAnswer(body: string): SlackAnswer | undefined {
  try {
    const parsed = answerSchema.safeParse(JSON.parse(body))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

export function slackVerdict(status: number, body: string): Verdict {
  const answer = status === 200 ? readSlackAnswer(body) : undefined
  if (answer === undefined) return status === 200 ? 'retry' : standardTable(status, body)
  if (answer.ok) return 'accepted'
  return TRANSIENT.has(answer.error ?? '') ? 'retry' : 'refused'
}

export function isLost(answer: SlackAnswer | undefined): boolean {
  return answer?.ok === false && LOST.has(answer.error ?? '')
}

export function isOrphaned(answer: SlackAnswer | undefined): boolean {
  return answer?.ok === false && ORPHANED.has(answer.error ?? '')
}
