import { Hono } from 'hono'
import { Webhook } from 'standardwebhooks'
import { listen } from './listen.js'

/** One attempt that reached the receiver. */
export interface ReceivedAttempt {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The signature is right and fresh. */
  readonly verified: boolean
}

export interface Receiver {
  readonly url: string
  readonly attempts: readonly ReceivedAttempt[]
  stop(): Promise<void>
}

export interface ReceiverOptions {
  /** `whsec_<base64>` */
  readonly secret: string
  readonly port?: number
  readonly onAttempt?: (attempt: ReceivedAttempt) => void
}

/** A webhook endpoint that checks the Standard Webhooks signature: 204 when it is right, 401 when not. */
export async function startReceiver({ secret, port = 0, onAttempt }: ReceiverOptions): Promise<Receiver> {
  const webhook = new Webhook(secret)
  const attempts: ReceivedAttempt[] = []
  const app = new Hono()
  app.post('/hooks/builds', async (context) => {
    const headers = context.req.header()
    const body = await context.req.text()
    const attempt = { headers, body, verified: isVerified(webhook, body, headers) }
    attempts.push(attempt)
    onAttempt?.(attempt)
    return context.body(null, attempt.verified ? 204 : 401)
  })
  const listening = await listen(app, port)
  return { url: `${listening.url}/hooks/builds`, attempts, stop: () => listening.stop() }
}

function isVerified(webhook: Webhook, body: string, headers: Record<string, string>): boolean {
  try {
    webhook.verify(body, headers)
    return true
  } catch {
    return false
  }
}
