/**
 * One message per build, through the Web API: posted at first, changed in place after, its details as a reply in its thread
 * once the build has concluded. Which message it is, is in the memo.
 *
 * Slack promises no idempotency: `client_msg_id` stands in the errors of chat.postMessage but not among its arguments, and is
 * not meant for apps (slackapi/java-slack-sdk#852). It is sent for what it may be worth. So when the answer to a first post,
 * or to a reply, is lost after Slack took it, the next attempt may post it a second time; the second message is then the one
 * that is kept up to date. Changing a message can be repeated freely.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { SendResult } from '../domain/delivery.js'
import { BuildwatchdError } from '../domain/errors.js'
import { isConcluded, type WatchEvent } from '../domain/event.js'
import type { Memo, OutgoingDelivery, Secret, SendContext } from '../domain/ports.js'
import { type HttpOptions, policyOf } from './http-options.js'
import type { HttpResult, HttpSender } from './http-sender.js'
import { isLost, isOrphaned, readSlackAnswer, type SlackAnswer, slackVerdict } from './slack-answer.js'
import type { SlackMessage } from './slack-message.js'

const shownSchema = z.object({
  /** As the settings name it. */
  asked: z.string(),
  channel: z.string(),
  ts: z.string(),
  concluded: z.boolean(),
  detailed: z.boolean(),
})

/** The message that shows a build. */
type Shown = z.output<typeof shownSchema>

export interface SlackBody {
  readonly message: SlackMessage
  readonly details?: SlackMessage
}

export interface SlackBot {
  readonly name: string
  readonly token: Secret
  readonly channel: string
  readonly options: HttpOptions & { readonly api_url: string }
}

interface Exchange {
  readonly result: HttpResult
  readonly answer: SlackAnswer | undefined
}

type Call = (method: 'chat.postMessage' | 'chat.update', payload: object) => Promise<Exchange>

/** Sends a frozen body that holds a {@link SlackBody}. */
export function slackBot(bot: SlackBot, http: HttpSender) {
  return async (outgoing: OutgoingDelivery, context: SendContext): Promise<SendResult> => {
    const { event } = outgoing.delivery
    const { message, details }: SlackBody = JSON.parse(outgoing.body)
    const pin = createPin(bot, context.memo, event)
    const before = await pin.recall()
    if (isOvertaken(event, before))
      return { kind: 'accepted', detail: 'the build is shown as concluded already' }

    const call = caller({ bot, http, token: await tokenOf(bot) }, outgoing, context)
    const { result, answer } = await show(bot.channel, {
      call,
      message,
      before,
      key: outgoing.idempotencyKey,
    })
    const place = placeOf(answer)
    if (result.kind !== 'accepted' || place === undefined) return result

    const detailed = before?.ts === place.ts && before.detailed
    const shown: Shown = { ...place, asked: bot.channel, concluded: isConcluded(event), detailed }
    await pin.keep(shown)
    if (details === undefined || detailed) return result
    const reply = await post(call, replied(shown, details), `${outgoing.idempotencyKey}/details ${shown.ts}`)
    if (reply.result.kind === 'accepted') await pin.keep({ ...shown, detailed: true })
    return repliedResult(reply.result)
  }
}

/** In turn as they are, an event can come late when a person has it delivered once more. */
function isOvertaken(event: WatchEvent, before: Shown | undefined): boolean {
  return before?.concluded === true && !isConcluded(event)
}

/** Remembers which message shows the build; what is not about a build is posted and forgotten. */
function createPin({ channel }: SlackBot, memo: Memo, event: WatchEvent) {
  const key = 'build' in event.data ? event.subject : undefined
  return {
    /** `undefined` when the settings name another channel since. */
    async recall(): Promise<Shown | undefined> {
      const kept = key === undefined ? undefined : await memo.recall(key)
      const parsed = kept === undefined ? undefined : shownSchema.safeParse(JSON.parse(kept))
      return parsed?.data?.asked === channel ? parsed.data : undefined
    },
    async keep(shown: Shown): Promise<void> {
      if (key !== undefined) await memo.keep(key, JSON.stringify(shown))
    },
  }
}

interface Showing {
  readonly call: Call
  readonly message: SlackMessage
  readonly before: Shown | undefined
  /** Idempotency key. */
  readonly key: string
}

async function show(channel: string, { call, message, before, key }: Showing): Promise<Exchange> {
  if (before !== undefined) {
    // Unlike a post, a change would look for mentions and links if not told otherwise.
    const place = { channel: before.channel, ts: before.ts }
    const changed = await call('chat.update', { ...place, ...message, parse: 'none', link_names: false })
    if (!isLost(changed.answer)) return changed
  }
  return post(call, { channel, ...message }, before ? `${key}/after ${before.ts}` : key)
}

/** The thread of another message is another thread: hence its `ts` in the key of a reply. */
function replied({ channel, ts }: Shown, details: SlackMessage): object {
  return { channel, ...details, thread_ts: ts }
}

/** Told twice rather than never, should Slack know of the id but not of a message. */
async function post(call: Call, payload: object, key: string): Promise<Exchange> {
  const literal = { parse: 'none', link_names: false, unfurl_links: false, unfurl_media: false }
  const first = await call('chat.postMessage', { ...payload, ...literal, client_msg_id: uuidOf(key) })
  if (!isOrphaned(first.answer)) return first
  return call('chat.postMessage', { ...payload, ...literal, client_msg_id: uuidOf(`${key}/again`) })
}

interface Caller {
  readonly bot: SlackBot
  readonly http: HttpSender
  readonly token: string
}

function caller(
  { bot, http, token }: Caller,
  { idempotencyKey }: OutgoingDelivery,
  context: SendContext,
): Call {
  return async (method, payload) => {
    let answer: SlackAnswer | undefined
    const result = await http.send(
      {
        url: `${bot.options.api_url.replace(/\/+$/, '')}/${method}`,
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${token}` },
        body: JSON.stringify(payload),
        idempotencyKey,
      },
      {
        ...policyOf(bot.options),
        statusTable(status, body) {
          answer = readSlackAnswer(body)
          return slackVerdict(status, body)
        },
        signal: context.signal,
        secrets: [token],
      },
    )
    return { result, answer }
  }
}

function placeOf(answer: SlackAnswer | undefined): Pick<Shown, 'channel' | 'ts'> | undefined {
  if (answer?.ok !== true || answer.channel === undefined || answer.ts === undefined) return undefined
  return { channel: answer.channel, ts: answer.ts }
}

/** The message itself is told: a reply that will never be taken takes nothing from that. */
function repliedResult(result: HttpResult): SendResult {
  if (result.kind === 'accepted' || result.kind === 'retry') return result
  return { kind: 'accepted', detail: `without details in its thread: ${result.reason}` }
}

async function tokenOf({ name, token }: SlackBot): Promise<string> {
  const value = (await token.reveal()).trim()
  if (/^xox[a-z.]*-[\w-]+$/.test(value)) return value
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.bot_token: must be a bot token, xoxb-…, from "OAuth & Permissions" of the app`,
  )
}

/** In the form of a version 4 UUID, the same for the same key. */
function uuidOf(key: string): string {
  const hex = createHash('sha256').update(key).digest('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`]
  return [...parts, hex.slice(20, 32)].join('-')
}
