/**
 * An email by SMTP. Its Message-ID is made from the idempotency key, so that mail servers and programs that drop doubles see
 * one; messages of one line of builds refer to the same id and show as a conversation (RFC 5322, 3.6.4). `Auto-Submitted`
 * keeps robots from answering (RFC 3834, 5).
 */
import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock, OutgoingDelivery, Secret } from '../domain/ports.js'
import { type Email, emailOf } from './email-message.js'
import { httpOptions, policyOf } from './http-options.js'
import { isAddress, type Mailbox, parseMailbox } from './mailbox.js'
import { defineNotifierKind, type NotifierSettings } from './notifier-kind.js'
import { createSmtpSender, type SmtpServer } from './smtp-sender.js'
import { templateOption } from './template.js'

const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,251}[\p{L}\p{N}])?$/u
const MOST_RECIPIENTS = 50

const options = z
  .strictObject({
    host: z
      .string()
      .refine((text) => NAME.test(text) || isIP(text) !== 0, 'must be the name or address of a mail server')
      .describe('The mail server that takes messages for others, by name or address.'),
    port: z.int().min(1).max(65_535).default(587).describe('Its port: 587, or 465 with security: tls.'),
    security: z
      .enum(['starttls', 'tls', 'none'])
      .default('starttls')
      .describe('`starttls` and `tls` always encrypt and check the certificate; `none` sends in the clear.'),
    user: z.string().min(1).max(250).optional().describe('The name to log in with; needs password.'),
    from: z
      .string()
      .refine((text) => parseMailbox(text) !== undefined, 'must be an address, or Name <address>')
      .describe('The sender, `builds@example.com` or `Builds <builds@example.com>`.'),
    to: z
      .array(z.string().refine(isAddress, 'must be an address such as team@example.com'))
      .min(1)
      .max(MOST_RECIPIENTS)
      .describe('The addresses that get the message; each sees the others.'),
    subject_prefix: z
      .string()
      .max(50)
      .regex(/^\P{C}*$/u, 'must be one line of text')
      .default('')
      .describe('What every subject begins with, such as `[builds]`.'),
    template: templateOption,
    ...httpOptions,
    allow_private: z
      .boolean()
      .default(false)
      .describe('Also send to servers with private, loopback and link-local addresses.'),
    allow_insecure: z
      .boolean()
      .default(false)
      .describe('Permit security: none; a password is sent in the clear then.'),
  })
  .superRefine(({ security, allow_insecure }, context) => {
    if (security === 'none' && !allow_insecure) {
      const message = 'none sends in the clear; use starttls or tls, or set allow_insecure: true'
      context.addIssue({ code: 'custom', path: ['security'], message })
    }
  })

type EmailOptions = z.output<typeof options>

export const emailKind = defineNotifierKind({
  type: 'email',
  summary: 'Sends an email by SMTP, as text and as HTML.',
  reaches: 'mail',
  options,
  secrets: [
    {
      name: 'password',
      required: false,
      describe: 'The password to log in with, where the server asks for one.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: {
      ...placeOf(endpoint),
      user: 'builds@example.com',
      from: 'Builds <builds@example.com>',
      to: ['team@example.com'],
    },
    secrets: { password: secret },
  }),
  create(settings, { clock }) {
    const { name, options, secrets } = settings
    if (secrets.password !== undefined && options.user === undefined)
      throw new BuildwatchdError('CONFIG_INVALID', `notifiers.${name}.user: is missing; password needs it`)
    const sender = createSmtpSender()
    return {
      canGroup: true,
      render: async (occasion) =>
        JSON.stringify(
          await emailOf(occasion, { prefix: options.subject_prefix, template: options.template }),
        ),
      async send(outgoing, { signal, logger }) {
        const server = await serverOf(settings)
        const result = await sender.send(mailOf(outgoing, options, clock), server, {
          ...policyOf(options),
          signal,
        })
        if (result.kind === 'accepted' && result.detail?.includes('not for'))
          logger.warn({ notifier: name, detail: result.detail }, 'an email was not taken for all recipients')
        return result
      },
    }
  },
})

function placeOf(endpoint: string): { host: string; port?: number } {
  const { hostname, port } = new URL(endpoint)
  return { host: hostname, ...(port === '' ? {} : { port: Number(port) }) }
}

/** The password is read anew at each attempt. */
async function serverOf({ name, options, secrets }: NotifierSettings<EmailOptions>): Promise<SmtpServer> {
  const { host, port, security, user } = options
  if (user === undefined) return { host, port, security }
  return { host, port, security, login: { user, password: await revealed(name, secrets.password) } }
}

async function revealed(name: string, secret: Secret | undefined): Promise<string> {
  const password = await secret?.reveal()
  if (password) return password
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.password: is missing or empty; user needs it (leave user out to send without a login)`,
  )
}

interface Mail {
  readonly from: Mailbox
  readonly to: string[]
  readonly [header: string]: unknown
}

/** The headers that depend on the delivery; nodemailer encodes what is not ASCII and folds what is long. */
function mailOf({ body, idempotencyKey }: OutgoingDelivery, { from, to }: EmailOptions, clock: Clock): Mail {
  const { subject, text, html, thread }: Email = JSON.parse(body)
  return {
    from: parseMailbox(from) ?? { name: '', address: from },
    to: [...to],
    subject,
    text,
    html,
    date: new Date(clock.now()),
    messageId: messageId(idempotencyKey),
    inReplyTo: messageId(thread),
    references: messageId(thread),
    headers: { 'Auto-Submitted': 'auto-generated' },
    xMailer: false,
  }
}

/** The left side takes letters, digits and `-_` as they are (RFC 5322, 3.2.3); anything else is hashed into them. */
function messageId(key: string): string {
  const left = /^[\w-]{1,200}$/.test(key) ? key : createHash('sha256').update(key).digest('base64url')
  return `<${left}@buildwatchd>`
}
