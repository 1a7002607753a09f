/** Signatures of Standard Webhooks 1.0.0 (https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md). */
import { Webhook } from 'standardwebhooks'
import { BuildwatchdError } from '../domain/errors.js'
import type { OutgoingDelivery, Secret } from '../domain/ports.js'
import type { NotifierSettings } from './notifier-kind.js'

/** 24 to 64 bytes, as the specification asks. */
const SIGNING_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/
/** The newer one first. */
const SIGNERS = ['secret', 'previous_secret'] as const

/** Read anew at each attempt, so a rotated or mended secret is used at the next one. */
export async function signingSecrets({ name, secrets }: NotifierSettings<unknown>): Promise<string[]> {
  const given = SIGNERS.flatMap((field) =>
    secrets[field] ? [signingSecret(name, field, secrets[field])] : [],
  )
  return Promise.all(given)
}

async function signingSecret(name: string, field: string, secret: Secret): Promise<string> {
  const value = await secret.reveal()
  if (SIGNING_SECRET.test(value)) return value
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.${field}: must be whsec_ and base64 of 24 to 64 bytes (openssl rand -base64 32 makes one)`,
  )
}

/** All signatures stand in one header, space-separated; nothing where there is no secret. */
export function signatureHeader(
  secrets: readonly string[],
  { idempotencyKey, body }: OutgoingDelivery,
  sentAt: Date,
): Record<string, string> {
  if (secrets.length === 0) return {}
  const signatures = secrets.map((secret) => new Webhook(secret).sign(idempotencyKey, sentAt, body))
  return { 'webhook-signature': signatures.join(' ') }
}
