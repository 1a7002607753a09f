import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { secretForms } from '../../../src/domain/secret-forms.js'
import { createSmtpSender, type SmtpPolicy, type SmtpServer } from '../../../src/notify/smtp-sender.js'
import { type SmtpReceiver, STAGES, type Stage, startSmtpReceiver } from '../../support/smtp-receiver.js'

const MAIL = { from: 'builds@example.com', to: ['ann@example.com'], subject: 'News', text: 'Words' }
const LOGIN = { user: 'builds', password: `${randomBytes(24).toString('base64')}"é` }
/** Without TLS; those of TLS stand in smtp-sender-tls.test.ts. */
const IN_THE_CLEAR = STAGES.filter((stage) => stage !== 'starttls')

let receiver: SmtpReceiver

beforeEach(async () => {
  receiver = await startSmtpReceiver({ auth: ['PLAIN'] })
})
afterEach(() => receiver.close())

describe('an email that the server takes', () => {
  it('is accepted with the code of the reply', async () => {
    expect(await send()).toEqual({ kind: 'accepted', detail: 'SMTP 250' })
    expect(receiver.mails).toMatchObject([{ from: MAIL.from, to: MAIL.to, login: LOGIN, encrypted: false }])
  })

  it('is sent without a login where none is given', async () => {
    await receiver.close()
    receiver = await startSmtpReceiver()
    expect(await send({}, { host: '127.0.0.1', port: receiver.port, security: 'none' })).toMatchObject({
      kind: 'accepted',
    })
    expect(receiver.mails).toMatchObject([{ login: undefined }])
  })

  it('is sent after AUTH LOGIN where the server knows no other', async () => {
    await receiver.close()
    receiver = await startSmtpReceiver({ auth: ['LOGIN'] })
    await send()
    expect(receiver.mails).toMatchObject([{ login: LOGIN }])
  })

  it('is taken from a server that pipelines', async () => {
    await receiver.close()
    receiver = await startSmtpReceiver({
      auth: ['PLAIN'],
      extensions: ['PIPELINING', '8BITMIME', 'SMTPUTF8'],
    })
    expect(await send()).toMatchObject({ kind: 'accepted' })
    expect(receiver.mails).toHaveLength(1)
  })

  it('never goes out without the login that was asked for', async () => {
    await receiver.close()
    receiver = await startSmtpReceiver()
    receiver.react('auth', '503 5.5.1 no AUTH here')
    expect(await send()).toMatchObject({ kind: 'retry' })
    expect(receiver.mails).toEqual([])
  })

  it('is accepted when the connection is cut right after the reply', async () => {
    receiver.react('message', () => {
      setImmediate(() => {
        for (const socket of receiver.open) socket.destroy()
      })
      return '250 2.0.0 taken as 42'
    })
    expect(await send()).toMatchObject({ kind: 'accepted' })
  })

  it('leaves no connection behind', async () => {
    await send()
    await receiver.isLeft()
    expect(receiver.open.size).toBe(0)
  })
})

describe.each(IN_THE_CLEAR)('at the stage %s', (stage) => {
  it('a hanging server is given up at the deadline, to be retried', async () => {
    receiver.react(stage, 'hang')
    expect(await send({ deadlineMs: 300 })).toEqual({
      kind: 'retry',
      reason: 'no complete answer within 0.3 s',
    })
    await receiver.isLeft()
  })

  it('a cut is retried', async () => {
    receiver.react(stage, 'cut')
    expect(await send()).toMatchObject({ kind: 'retry', reason: expect.stringMatching(/^no answer: E\w+$/) })
  })

  it('being told to stop closes the connection at once', async () => {
    receiver.react(stage, 'hang')
    const stop = new AbortController()
    const reached = receiver.reaches(stage)
    const sent = send({ signal: stop.signal })
    await reached
    stop.abort()
    expect(await sent).toEqual({ kind: 'retry', reason: 'interrupted: the daemon is stopping' })
    await receiver.isLeft()
  })

  it('a reply of 421 is retried', async () => {
    receiver.react(stage, '421 4.3.2 going down')
    expect(await send()).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('421 4.3.2 going down'),
    })
    expect(receiver.mails).toEqual([])
  })

  it('a reply without end is cut off', async () => {
    receiver.react(stage, `250-${'x'.repeat(500)}\r\n`.repeat(300))
    expect(await send()).toEqual({ kind: 'retry', reason: 'no answer: EPROTOCOL' })
  })
})

describe('a reply', () => {
  const table: [Stage, string, string][] = [
    ['greeting', '450 later', 'retry'],
    ['greeting', '554 no service', 'refused'],
    ['ehlo', '550 not you', 'refused'],
    ['auth', '454 4.7.0 later', 'retry'],
    ['auth', '500 5.5.2 what', 'retry'],
    ['auth', '534 5.7.9 too weak', 'retry'],
    ['auth', '535 5.7.8 wrong password', 'retry'],
    ['mail', '451 4.3.0 later', 'retry'],
    ['mail', '503 5.5.1 AUTH first', 'retry'],
    ['mail', '530 5.7.0 log in first', 'retry'],
    ['mail', '550 5.7.1 not from you', 'refused'],
    ['mail', '552 5.3.4 too large', 'refused'],
    ['rcpt', '450 4.2.0 greylisted', 'retry'],
    ['rcpt', '452 4.5.3 too many', 'retry'],
    ['rcpt', '550 5.1.1 nobody', 'refused'],
    ['data', '451 4.3.0 later', 'retry'],
    ['data', '554 5.5.1 no', 'refused'],
    ['message', '452 4.3.1 full', 'retry'],
    ['message', '554 5.7.1 spam', 'refused'],
  ]
  it.each(table)('at %s of %s ends as %s', async (stage, reply, kind) => {
    receiver.react(stage, reply)
    const result = await send()
    expect(result).toMatchObject({ kind })
    expect(receiver.mails).toEqual([])
  })

  it('is told with its stage, its text and the cure', async () => {
    receiver.react('auth', '535-5.7.8 wrong\r\n535 5.7.8 password')
    expect(await send()).toEqual({
      kind: 'retry',
      reason: 'AUTH PLAIN answered 535-5.7.8 wrong 535 5.7.8 password; check user and password',
    })
  })

  it('is neutralised and cut', async () => {
    receiver.react('mail', `550 \u001b[2J${'no '.repeat(500)}`)
    const { reason } = await sentInVain()
    expect(reason).toContain('\\u001b[2J')
    expect(reason.length).toBeLessThan(300)
  })

  it.each(IN_THE_CLEAR)('at %s shows no secret, however it is spelt', async (stage) => {
    const forms = secretForms(LOGIN.password)
    receiver.react(stage, `550 ${forms.map((form) => form.slice(0, 80)).join(' ')}`)
    const { reason } = await sentInVain()
    for (const form of forms) expect(reason).not.toContain(form)
  })

  it('that repeats the command shows no secret', async () => {
    receiver.react('auth', () => `535 ${receiver.commands.at(-1)}`)
    const { reason } = await sentInVain()
    expect(receiver.commands.at(-1)).toMatch(/^AUTH PLAIN ./)
    for (const form of secretForms(LOGIN.password)) expect(reason).not.toContain(form)
  })
})

describe('several recipients', () => {
  const to = ['ann@example.com', 'bob@example.com', 'cy@example.com']

  it('are all told when one is refused, and that one is named', async () => {
    receiver.react('rcpt', (line) => (line.includes('bob') ? '550 5.1.1 nobody' : '250 2.1.5 ok'))
    const detail = 'SMTP 250, but not for bob@example.com (550)'
    expect(await send({}, undefined, to)).toEqual({ kind: 'accepted', detail })
    expect(receiver.mails).toMatchObject([{ to: ['ann@example.com', 'cy@example.com'] }])
  })

  it('are tried again when none is taken and one may be later', async () => {
    receiver.react('rcpt', (line) => (line.includes('bob') ? '450 4.2.0 later' : '550 5.1.1 nobody'))
    expect(await send({}, undefined, to)).toMatchObject({ kind: 'retry' })
    expect(receiver.mails).toEqual([])
  })

  it('are given up when none ever will be', async () => {
    receiver.react('rcpt', '550 5.1.1 nobody')
    expect(await send({}, undefined, to)).toMatchObject({ kind: 'refused' })
  })
})

describe('the way to the mail server', () => {
  const named = (port: number): SmtpServer => ({
    host: 'mail.example.com',
    port,
    security: 'none',
    login: LOGIN,
  })

  it('is refused to a private address, before connecting, with the cure', async () => {
    const result = await send({ allowPrivate: false })
    expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining('set allow_private: true') })
    expect(receiver.commands).toEqual([])
  })

  it('is refused to a name that leads to a private address', async () => {
    const sender = createSmtpSender({ resolve: answers(['127.0.0.1']).resolve })
    const result = await sender.send(MAIL, named(receiver.port), policy({ allowPrivate: false }))
    expect(result).toMatchObject({ kind: 'refused' })
    expect(receiver.commands).toEqual([])
  })

  it('leads to the address that was checked, asked for once (DNS rebinding)', async () => {
    // Nothing listens on 127.0.0.2; the second answer would lead to the receiver.
    const { resolve, asked } = answers(['127.0.0.2'], ['127.0.0.1'])
    const result = await createSmtpSender({ resolve }).send(MAIL, named(receiver.port), policy())
    expect(result).toEqual({ kind: 'retry', reason: 'no answer: ECONNREFUSED' })
    expect(asked()).toBe(1)
    expect(receiver.commands).toEqual([])
  })

  it('tries the next address where one does not answer', async () => {
    const sender = createSmtpSender({ resolve: answers(['127.0.0.2', '127.0.0.1']).resolve })
    expect(await sender.send(MAIL, named(receiver.port), policy())).toMatchObject({ kind: 'accepted' })
  })

  it('is retried when the name cannot be resolved', async () => {
    const notFound = Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    const sender = createSmtpSender({ resolve: () => Promise.reject(notFound) })
    expect(await sender.send(MAIL, named(1), policy())).toEqual({
      kind: 'retry',
      reason: 'no answer: ENOTFOUND',
    })
  })

  it('is given up at the deadline while the name is being resolved', async () => {
    const sender = createSmtpSender({ resolve: () => new Promise(() => undefined) })
    expect(await sender.send(MAIL, named(1), policy({ deadlineMs: 50 }))).toMatchObject({ kind: 'retry' })
  })

  it('is not taken when told to stop before it began', async () => {
    expect(await send({ signal: AbortSignal.abort() })).toMatchObject({ kind: 'retry' })
    expect(receiver.commands).toEqual([])
  })
})

function server(): SmtpServer {
  return { host: '127.0.0.1', port: receiver.port, security: 'none', login: LOGIN }
}

function policy(given: Partial<SmtpPolicy> = {}): SmtpPolicy {
  const signal = new AbortController().signal
  return { allowPrivate: true, allowInsecure: true, deadlineMs: 10_000, signal, ...given }
}

function send(given: Partial<SmtpPolicy> = {}, to_: SmtpServer = server(), to: readonly string[] = MAIL.to) {
  return createSmtpSender().send({ ...MAIL, to: [...to] }, to_, policy(given))
}

async function sentInVain(): Promise<{ readonly reason: string }> {
  const result = await send()
  if (result.kind === 'accepted') throw new Error('it was accepted')
  return result
}

/** Answers in turn, the last again and again. */
function answers(...turns: string[][]) {
  let asked = 0
  const resolve = async () => {
    const turn = turns[Math.min(asked++, turns.length - 1)] ?? []
    return turn.map((address) => ({ address, family: 4 }))
  }
  return { resolve, asked: () => asked }
}
