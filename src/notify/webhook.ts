/**
 * The event as it is, signed the Standard Webhooks way (specification 1.0.0): the receiver checks `webhook-signature`
 * with any of that project's libraries and drops repeats by `webhook-id`, which is the same for all attempts.
 */
import { Webhook } from 'standardwebhooks'
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { OutgoingDelivery, Secret } from '../domain/ports.js'
import { httpOptions, httpUrl, policyOf, urlProblem } from './http-options.js'
import { defineNotifierKind } from './notifier-kind.js'
import { patientTable } from './status-table.js'

/** 24 to 64 bytes, as the specification asks. */
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/

const options = z
  .strictObject({
    url: httpUrl().describe('Where to POST. Path and query are kept out of logs.'),
    unsigned: z.boolean().default(false).describe('Send without a signature; then no secret is needed.'),
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.url, policyOf(value))
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['url'], message: problem })
  })

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
  ],
  sample: (endpoint, secret) => ({
    options: { url: `${endpoint}/hooks/builds` },
    secrets: { secret: `whsec_${secret}` },
  }),
  create({ name, options, secrets }, { http, clock }) {
    return {
      render: ({ event }) => JSON.stringify(event),
      async send(outgoing, { signal }) {
        const secret = options.unsigned ? undefined : await signingSecret(name, secrets.secret)
        const sentAt = new Date(clock.now())
        return http.send(
          {
            url: options.url,
            method: 'POST',
            headers: {
              'content-type': 'application/cloudevents+json; charset=utf-8',
              'webhook-id': outgoing.idempotencyKey,
              'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
              ...(secret === undefined ? {} : { 'webhook-signature': signature(secret, outgoing, sentAt) }),
            },
            body: outgoing.body,
            idempotencyKey: outgoing.idempotencyKey,
          },
          {
            ...policyOf(options),
            statusTable: patientTable,
            signal,
            secrets: secret === undefined ? [] : [secret, secret.replace('whsec_', '')],
          },
        )
      },
    }
  },
})

/** Read anew at each attempt, so a rotated or mended secret is used at the next one. */
async function signingSecret(name: string, secret: Secret | undefined): Promise<string | undefined> {
  const value = await secret?.reveal()
  if (value === undefined || SIGNING_SECRET.test(value)) return value
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.secret: must be whsec_ and base64 of 24 to 64 bytes (openssl rand -base64 32 makes one)`,
  )
}

function signature(secret: string, { idempotencyKey, body }: OutgoingDelivery, sentAt: Date): string {
  return new Webhook(secret).sign(idempotencyKey, sentAt, body)
}
