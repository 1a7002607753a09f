/**
 * One message by SMTP (RFC 5321, submission as in RFC 6409). As with HTTP, the address connected to is one that was checked,
 * one deadline spans everything, and nothing of what the server says shows a secret. The protocol itself is nodemailer's.
 */
import { once } from 'node:events'
import { connect, type LookupFunction, type Socket } from 'node:net'
import type { NodemailerError, SendMailOptions, SMTPSentMessageInfo, SMTPTransportOptions } from 'nodemailer'
import type { SendResult } from '../domain/delivery.js'
import { type Deadline, startDeadline } from './deadline.js'
import { type EgressPolicy, type Resolve, resolveAllowed, resolveBySystem } from './egress-guard.js'
import { createHiddenValues } from './hidden-values.js'
import { resultOfFailure } from './smtp-failure.js'

/** Bytes; a longer reply ends the connection. */
const LONGEST_REPLY = 65_536
/** How long the server may take to close its side after a message was taken. */
const CLOSE_MS = 1000
/** Longer than any deadline, which is thus what ends a wait. */
const NEVER_MS = 600_000

export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** `none` sends in the clear. */
  readonly security: 'starttls' | 'tls' | 'none'
  readonly login?: { readonly user: string; readonly password: string }
}

export interface SmtpPolicy extends EgressPolicy {
  readonly deadlineMs: number
  readonly signal: AbortSignal
}

export interface SmtpDeps {
  readonly resolve?: Resolve
  /** Certificates of authorities, PEM, in place of those that Node knows. */
  readonly authorities?: string
}

export interface SmtpSender {
  /** Never rejects: whatever happens is a result. */
  send(mail: SendMailOptions, server: SmtpServer, policy: SmtpPolicy): Promise<SendResult>
}

export function createSmtpSender({ resolve = resolveBySystem, authorities }: SmtpDeps = {}): SmtpSender {
  return {
    async send(mail, server, policy) {
      const deadline = startDeadline(policy.deadlineMs, policy.signal)
      const hidden = createHiddenValues(server.login === undefined ? [] : [server.login.password])
      const opening = { server, policy, deadline, resolve }
      let socket: Socket | undefined
      try {
        // Rejects by itself when the span ended before nodemailer listened.
        deadline.signal.throwIfAborted()
        socket = await openSocket(opening)
        return resultOf(await submit(mail, { socket, server, deadline, authorities }))
      } catch (error) {
        // nodemailer only ends its side, and waits for the server.
        socket?.destroy()
        return resultOfFailure(error, { host: server.host, hidden, deadline })
      } finally {
        deadline.clear()
      }
    },
  }
}

interface Opening {
  readonly server: SmtpServer
  readonly policy: SmtpPolicy
  readonly deadline: Deadline
  readonly resolve: Resolve
}

/** Connects to the addresses that were checked and to no other; which of them answers first is Node's to find out. */
async function openSocket({ server, policy, deadline, resolve }: Opening): Promise<Socket> {
  const { host, port } = server
  const destination = { protocol: 'smtp:', hostname: host }
  const addresses = await deadline.race(resolveAllowed(destination, policy, resolve))
  const lookup: LookupFunction = (_hostname, _options, done) => done(null, [...addresses])
  const socket = connect({ host, port, lookup, autoSelectFamily: true, signal: deadline.signal })
  // Until nodemailer listens nobody would, and an error that nobody hears ends the process.
  socket.on('error', () => undefined)
  try {
    await once(socket, 'connect')
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

interface Submission {
  readonly socket: Socket
  readonly server: SmtpServer
  readonly deadline: Deadline
  readonly authorities: string | undefined
}

async function submit(mail: SendMailOptions, submission: Submission): Promise<SMTPSentMessageInfo> {
  // Loaded when the first message is sent: not at start-up.
  const { createTransport } = await import('nodemailer')
  const transport = createTransport(transportOptions(submission))
  return transport.sendMail({
    ...mail,
    disableFileAccess: true,
    disableUrlAccess: true,
    signal: submission.deadline.signal,
  })
}

function transportOptions({ socket, server, authorities }: Submission): SMTPTransportOptions {
  const { host, port, security, login } = server
  return {
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    // Said, because NODE_TLS_REJECT_UNAUTHORIZED would be heeded otherwise.
    tls: { rejectUnauthorized: true, ...(authorities === undefined ? {} : { ca: authorities }) },
    // With a login a message is not to go without it, whatever the server offers.
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password }, forceAuth: true }),
    getSocket: (_options, done) => done(null, { connection: socket }),
    maxResponseSize: LONGEST_REPLY,
    socketCloseTimeout: CLOSE_MS,
    connectionTimeout: NEVER_MS,
    greetingTimeout: NEVER_MS,
    socketTimeout: NEVER_MS,
  }
}

/**
 * With one recipient taken the message is on its way; sent again, it would reach that one twice. Those that the server did not
 * take are named.
 */
function resultOf({ response, rejectedErrors = [] }: SMTPSentMessageInfo): SendResult {
  const code = /^\d{3}/.exec(response)?.[0] ?? ''
  const refused = rejectedErrors.map(refusedWords)
  const detail = refused.length === 0 ? `SMTP ${code}` : `SMTP ${code}, but not for ${refused.join(', ')}`
  return { kind: 'accepted', detail }
}

function refusedWords({ recipient, responseCode }: NodemailerError): string {
  return `${recipient} (${responseCode})`
}
