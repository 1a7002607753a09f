/** A webhook endpoint that remembers every attempt as the history checker wants it, and answers as told. */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Attempt } from './history-checker/history.js'
import { type Answer, startReceiver, status } from './notifier-contract-receiver.js'

/** What the other side does with one attempt; `accepted` is what it holds of it, whatever it lets the sender know. */
export interface Reaction {
  readonly accepted: boolean
  readonly answer: Answer
}

export interface HookAttempt extends Attempt {
  readonly headers: IncomingHttpHeaders
}

export interface HookReceiver {
  readonly url: string
  readonly attempts: readonly HookAttempt[]
  /** How further attempts are met; taken with 204 at first. */
  react(choose: (attempt: { readonly eventId: string; readonly nth: number }) => Reaction): void
  close(): Promise<void>
}

export const TAKEN: Reaction = { accepted: true, answer: status(204) }

export function refusedWith(code: number, headers: Record<string, string> = {}): Reaction {
  return { accepted: false, answer: status(code, headers, 'no') }
}

/** `notifier` is the name in the settings under which it is reached. */
export async function startHookReceiver(notifier: string): Promise<HookReceiver> {
  const attempts: HookAttempt[] = []
  let choose: Parameters<HookReceiver['react']>[0] = () => TAKEN
  const receiver = await startReceiver()
  const path = `/hooks/${randomUUID()}`
  receiver.answerWith((response, request) => {
    const { headers, body } = request
    // Ports come round again: what another test's program sends here late is none of this one's attempts.
    if (request.url !== path) return status(404)(response, request)

    const eventId = idOf(body)
    const nth = attempts.filter((attempt) => attempt.eventId === eventId).length + 1
    const { accepted, answer } = choose({ eventId, nth })
    const key = String(headers['idempotency-key'])
    attempts.push({ notifier, startedAt: Date.now(), accepted, key, eventId, body, headers })
    answer(response, { method: 'POST', url: '', headers, body })
  })
  return {
    url: `${receiver.origin}${path}`,
    attempts,
    react: (next) => {
      choose = next
    },
    close: () => receiver.close(),
  }
}

function idOf(body: string): string {
  const event: unknown = JSON.parse(body)
  return typeof event === 'object' && event !== null && 'id' in event ? String(event.id) : ''
}
