import { afterEach, describe, expect, it } from '@jest/globals'
import { createSmtpSender, type SmtpDeps, type SmtpServer } from '../../../src/notify/smtp-sender.js'
import { makeCertificate } from '../../support/certificate.js'
import {
  type SmtpReceiver,
  type SmtpReceiverOptions,
  startSmtpReceiver,
} from '../../support/smtp-receiver.js'

const MAIL = { from: 'builds@example.com', to: ['ann@example.com'], subject: 'News', text: 'Words' }
const LOGIN = { user: 'builds', password: 'sesame-sesame' }
const HOST = 'mail.example.com'

const certificate = makeCertificate(HOST)
const trusting = certificate === undefined ? {} : { authorities: certificate.cert }
const describeWithTls = certificate === undefined ? describe.skip : describe

let receiver: SmtpReceiver | undefined

afterEach(() => receiver?.close())

describeWithTls.each(['starttls', 'tls'] as const)('with security: %s', (security) => {
  const implicit = security === 'tls'

  it('the login and the message are encrypted', async () => {
    expect(await send({ security }, { implicit }, trusting)).toEqual({ kind: 'accepted', detail: 'SMTP 250' })
    expect(receiver?.mails).toMatchObject([{ encrypted: true, login: LOGIN }])
  })

  it('a certificate of nobody known is not put up with, and nothing is said to such a server', async () => {
    const result = await send({ security }, { implicit }, {})
    expect(result).toEqual({
      kind: 'retry',
      reason: `TLS failed: DEPTH_ZERO_SELF_SIGNED_CERT; the certificate must be for ${HOST} and of a known authority (NODE_EXTRA_CA_CERTS adds one)`,
    })
    expectNothingTold()
  })

  it('a certificate for another name is not put up with', async () => {
    const result = await send({ security, host: 'mail.example.net' }, { implicit }, trusting)
    expect(result).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID'),
    })
    expectNothingTold()
  })
})

describeWithTls('with security: starttls', () => {
  it.each(['454 4.7.0 later', '502 5.5.1 no'])(
    'a refusal (%s) is retried, and said with the cure',
    async (reply) => {
      const result = await send({}, { reply }, trusting)
      expect(result).toEqual({
        kind: 'retry',
        reason: `STARTTLS answered ${reply}; use security: tls if the port speaks TLS from the start`,
      })
      expectNothingTold()
    },
  )

  it.each(['hang', 'cut'])('a server that answers with a %s is tried again', async (reply) => {
    expect(await send({}, { reply }, trusting)).toMatchObject({ kind: 'retry' })
    expectNothingTold()
  })
})

it('says nothing to a server that has no STARTTLS', async () => {
  receiver = await startSmtpReceiver({ auth: ['PLAIN'] })
  expect(await sendTo(receiver.port, {}, {})).toMatchObject({ kind: 'retry' })
  expectNothingTold()
})

it('says that security does not fit when TLS meets a server without it', async () => {
  receiver = await startSmtpReceiver()
  const result = await sendTo(receiver.port, { security: 'tls' }, {})
  expect(result).toMatchObject({ kind: 'retry', reason: expect.stringContaining('see that security fits') })
})

/** Neither credentials nor addresses. */
function expectNothingTold(): void {
  expect(receiver?.mails).toEqual([])
  expect(receiver?.commands.filter((line) => !/^(?:EHLO .*|STARTTLS)$/.test(line))).toEqual([])
}

interface Behaviour extends SmtpReceiverOptions {
  /** To STARTTLS. */
  readonly reply?: string
}

async function send(server: Partial<SmtpServer>, { reply, ...options }: Behaviour, deps: SmtpDeps) {
  receiver = await startSmtpReceiver({ auth: ['PLAIN'], ...(certificate && { certificate }), ...options })
  if (reply !== undefined) receiver.react('starttls', reply)
  return sendTo(receiver.port, server, deps)
}

async function sendTo(port: number, server: Partial<SmtpServer>, deps: SmtpDeps) {
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
  const signal = new AbortController().signal
  return createSmtpSender({ resolve, ...deps }).send(
    MAIL,
    { host: HOST, port, security: 'starttls', login: LOGIN, ...server },
    { allowPrivate: true, allowInsecure: false, deadlineMs: 3000, signal },
  )
}
