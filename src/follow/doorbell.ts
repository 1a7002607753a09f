/**
 * Pub/sub as a doorbell: a message says that there is something to read, and nothing of it is used. So a message that is
 * lost, comes twice or is about something else costs a look or a few seconds, never an event.
 */
import type { Redis } from 'ioredis'

export interface Subscriptions {
  readonly channels: readonly string[]
  readonly patterns: readonly string[]
  /** Taken where the server allows no narrower pattern: an ACL names patterns letter by letter. */
  readonly fallback: string
}

export interface Doorbell {
  /**
   * Resolves at the next ring, at once where one came since the last call; after 5 s without one, for it may have been lost;
   * and when `stop` fires.
   */
  rung(): Promise<void>
}

interface DoorbellMeans {
  readonly bell: Redis
  readonly subscriptions: Subscriptions
  readonly stop: AbortSignal
  readonly onError: (error: Error) => void
}

const LOOK_AGAIN_MS = 5000

/** Subscribes each time that the connection is made, and rings then: what happened before is not told by a channel. */
export function hangDoorbell({ bell, subscriptions, stop, onError }: DoorbellMeans): Doorbell {
  let hasRung = true
  let wake = (): void => undefined
  const ring = (): void => {
    hasRung = true
    wake()
  }
  const begin = (): void => void subscribe(bell, subscriptions).catch(onError).finally(ring)
  bell.on('message', ring).on('pmessage', ring).on('ready', begin)
  if (bell.status === 'ready') begin()
  stop.addEventListener('abort', ring, { once: true })
  return {
    async rung() {
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, LOOK_AGAIN_MS)
          wake = () => {
            clearTimeout(timer)
            resolve()
          }
        })
      }
      // Before whoever waited looks: what comes from here on may not be in what is seen.
      hasRung = stop.aborted
    },
  }
}

async function subscribe(bell: Redis, { channels, patterns, fallback }: Subscriptions): Promise<void> {
  const asked = [
    ...channels.map((channel) => bell.subscribe(channel)),
    ...patterns.map((pattern) => bell.psubscribe(pattern)),
  ]
  const answers = await Promise.allSettled(asked)
  const failures = answers.flatMap((answer): unknown[] =>
    answer.status === 'rejected' ? [answer.reason] : [],
  )
  if (failures.length === 0) return
  if (!failures.every(isForbidden)) throw failures[0]
  await bell.psubscribe(fallback)
}

function isForbidden(failure: unknown): boolean {
  return failure instanceof Error && failure.message.startsWith('NOPERM')
}
