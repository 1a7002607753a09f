/**
 * The event as a CloudEvent, or in the words of CDEvents, signed the Standard Webhooks way (specification 1.0.0): the receiver
 * checks `webhook-signature` with any of that project's libraries and drops repeats by `webhook-id`, which is the same for all
 * attempts. While a secret is being replaced two signatures go along, and the receiver may know either.
 */
import { z } from 'zod'
import type { WatchEvent } from '../domain/event.js'
import type { OutgoingDelivery } from '../domain/ports.js'
import { type CdEvent, cdEventOf, cloudEventAttributesOf } from './cd-event.js'
import { binaryHeaders, STRUCTURED } from './cloud-event-http.js'
import { extraHeadersOption } from './extra-headers.js'
import { httpOptions, httpUrl, policyOf, urlProblem } from './http-options.js'
import { defineNotifierKind } from './notifier-kind.js'
import { patientTable } from './status-table.js'
import { signatureHeader, signingSecrets } from './webhook-signatures.js'

const options = z
  .strictObject({
    url: httpUrl().describe('Where to POST. Path and query are kept out of logs.'),
    unsigned: z.boolean().default(false).describe('Send without a signature; then no secret is needed.'),
    mode: z
      .enum(['structured', 'binary'])
      .default('structured')
      .describe(
        'How the CloudEvent is sent: `structured`, all in the body, or `binary`, attributes in `ce-` headers.',
      ),
    body: z
      .enum(['event', 'cdevents'])
      .default('event')
      .describe(
        '`event` sends every event as it is; `cdevents` sends a build queued, started or finished as CDEvents 0.5.',
      ),
    headers: extraHeadersOption.describe(
      'Headers to send along, such as `x-route: builds`; nothing secret, and none that buildwatchd sets.',
    ),
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.url, policyOf(value))
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: problem })
  })

type WebhookOptions = z.output<typeof options>

export const webhookKind = defineNotifierKind({
  type: 'webhook',
  summary: 'POSTs the event as a CloudEvents JSON document, signed as Standard Webhooks ask.',
  reaches: 'http',
  options,
  secrets: [
    {
      name: 'secret',
      required: false,
      requiredUnless: 'unsigned',
      describe: 'The signing secret, `whsec_` and base64 of 24 to 64 bytes.',
    },
    {
      name: 'previous_secret',
      required: false,
      describe: 'The secret that is being replaced: each request is signed with it, too.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: { url: `${endpoint}/hooks/builds` },
    secrets: { secret: `whsec_${secret}` },
  }),
  create(settings, { http, clock }) {
    const { options } = settings
    return {
      isPlain: true,
      render: ({ event }) => JSON.stringify(rendered(event, options)),
      async send(outgoing, { signal }) {
        const content = contentHeaders(outgoing)
        if (!content) return { kind: 'accepted', detail: 'CDEvents has no word for this; nothing was sent' }
        const secrets = options.unsigned ? [] : await signingSecrets(settings)
        const sentAt = new Date(clock.now())
        return http.send(
          {
            url: options.url,
            method: 'POST',
            headers: {
              ...options.headers,
              ...content,
              'webhook-id': outgoing.idempotencyKey,
              'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
              ...signatureHeader(secrets, outgoing, sentAt),
            },
            body: outgoing.body,
            idempotencyKey: outgoing.idempotencyKey,
          },
          {
            ...policyOf(options),
            statusTable: patientTable,
            signal,
            secrets: secrets.flatMap((secret) => [secret, secret.replace('whsec_', '')]),
          },
        )
      },
    }
  },
})

type Body = WatchEvent | (Omit<WatchEvent, 'data'> & { data: CdEvent }) | WatchEvent['data'] | CdEvent | null

/** `null` stands for what CDEvents has no word for. */
function rendered(event: WatchEvent, { mode, body }: WebhookOptions): unknown {
  if (body === 'event') return mode === 'structured' ? event : event.data
  const cdEvent = cdEventOf(event)
  if (!cdEvent) return null
  return mode === 'structured' ? { ...cloudEventAttributesOf(cdEvent), data: cdEvent } : cdEvent
}

/** By the body itself: it may have been frozen when the settings asked for another. `undefined`: there is nothing to send. */
function contentHeaders({ body, delivery }: OutgoingDelivery): Readonly<Record<string, string>> | undefined {
  const content: Body = JSON.parse(body)
  if (content === null) return undefined
  if ('specversion' in content) return STRUCTURED
  return binaryHeaders('context' in content ? cloudEventAttributesOf(content) : delivery.event)
}
