import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { WatchEvent } from '../../../src/domain/event.js'
import type { Occasion } from '../../../src/domain/occasion.js'
import { emailKind } from '../../../src/notify/email.js'
import { escapeHtml } from '../../../src/notify/email-message.js'
import { readHtml, readMail } from '../../support/mail-reader.js'
import { benchFor, occasionOf, reasonIn } from '../../support/notifier-contract.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleEvent,
} from '../../support/notifier-contract-events.js'
import { NO_TOOLS } from '../../support/notifier-tools.js'
import { type SmtpReceiver, startSmtpReceiver } from '../../support/smtp-receiver.js'

const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })
const PLAIN = { security: 'none', allow_insecure: true, allow_private: true }

let receiver: SmtpReceiver

beforeEach(async () => {
  receiver = await startSmtpReceiver({ auth: ['PLAIN'] })
})
afterEach(() => receiver.close())

describe('an email', () => {
  it('arrives with the headers that a machine owes', async () => {
    expect(await bench().send(FAILED)).toEqual({ kind: 'accepted', detail: 'SMTP 250' })
    const { headers, text, html } = sent()
    const { thread } = JSON.parse(await bench().render(FAILED))
    expect(headers).toMatchObject({
      from: 'Builds <builds@example.com>',
      to: 'team@example.com',
      subject: '❌ teams/acme/shop/jobs/nightly/brave-lion-7312 failed after 4 min 12 s',
      date: 'Wed, 04 Mar 2026 10:16:31 +0000',
      'message-id': `<${Buffer.from(FAILED.id).toString('base64url')}@buildwatchd>`,
      'in-reply-to': `<${thread}@buildwatchd>`,
      references: `<${thread}@buildwatchd>`,
      'auto-submitted': 'auto-generated',
    })
    expect(headers).not.toHaveProperty('x-mailer')
    expect(text).toContain('failed after 4 min 12 s\n\nBranch: release/2.4\n')
    expect(readHtml(html).text).toContain('failed after 4 min 12 s')
  })

  it('carries one Message-ID, subject and content through all attempts', async () => {
    const { send } = bench()
    for (const attempt of [1, 2, 3]) await send(FAILED, { attempt })
    const seen = receiver.mails.map(({ source }) => {
      const { headers, text, html } = readMail(source)
      return [headers['message-id'], headers.subject, text, html].join('\n')
    })
    expect(new Set(seen).size).toBe(1)
    await send(sampleEvent({}))
    expect(sent().headers['message-id']).not.toBe(
      readMail(receiver.mails[0]?.source ?? '').headers['message-id'],
    )
  })

  it('has a Message-ID of allowed signs whatever the key is made of', async () => {
    const { notifier } = bench()
    const body = await bench().render(FAILED)
    const delivery = { id: 'd', notifier: 'under-test', event: FAILED }
    const outgoing = { delivery, body, attempt: 1, idempotencyKey: 'a\r\nBcc: <eve@example.com>' }
    await notifier.send(outgoing, context())
    expect(sent().headers['message-id']).toMatch(/^<[\w-]{43}@buildwatchd>$/)
    expect(sent().headers).not.toHaveProperty('bcc')
  })

  it('goes to all recipients, and each name and prefix is put where it belongs', async () => {
    const to = ['ann@example.com', 'bob@exämple.com']
    await bench({ to, from: 'Bäuwerk Ünited <builds@example.com>', subject_prefix: '[shop]' }).send(FAILED)
    expect(receiver.mails[0]?.to).toEqual(['ann@example.com', 'bob@xn--exmple-cua.com'])
    expect(sent().headers.from).toBe('Bäuwerk Ünited <builds@example.com>')
    expect(sent().headers.subject).toMatch(/^\[shop\] ❌ teams/)
  })

  it('tells the log which recipients the server did not take', async () => {
    receiver.react('rcpt', (line) => (line.includes('bob') ? '550 5.1.1 nobody' : '250 2.1.5 ok'))
    const strict = bench({ to: ['ann@example.com', 'bob@example.com'] })
    expect((await strict.send(FAILED)).kind).toBe('accepted')
    expect(strict.printed).toEqual([expect.stringContaining('not for bob@example.com (550)')])
  })

  it('shows no secret in log, reason or message, even to a server that repeats it', async () => {
    const { send, canary, expectNoSecretIn, printed } = bench()
    for (const stage of ['auth', 'mail', 'message'] as const) {
      receiver.react(stage, `550 ${canary} ${Buffer.from(canary).toString('base64')}`)
      expectNoSecretIn(reasonIn(await send(FAILED)), printed.join('\n'))
      receiver.react(stage, { auth: '235 ok', mail: '250 ok', message: '250 ok' }[stage])
    }
    await bench().send(FAILED)
    for (const { source } of receiver.mails) expectNoSecretIn(source)
  })

  it('does not reach the loopback unless its settings allow it', async () => {
    const { send } = bench({ allow_private: false })
    expect(reasonIn(await send(FAILED))).toContain('set allow_private: true')
    expect(receiver.commands).toEqual([])
  })
})

describe('a conversation', () => {
  const threadOf = async (of: Parameters<ReturnType<typeof bench>['render']>[0]) =>
    JSON.parse(await bench().render(of)).thread

  it('holds all events of a line, of its transitions too, and of no other line', async () => {
    const threads = await Promise.all([FAILED, sampleEvent({}), GOLDEN_EVENTS.stuck ?? FAILED].map(threadOf))
    expect(new Set(threads).size).toBe(1)
    const others = [{ branch: 'main' }, { pullRequestId: 17 }, {}].map((build) => sampleEvent({}, build))
    expect(new Set([...threads, ...(await Promise.all(others.map(threadOf)))]).size).toBe(4)
  })

  it('holds a trouble and its end', async () => {
    const { forbidden, recovered, unauthorized } = GOLDEN_EVENTS
    if (!forbidden || !recovered || !unauthorized) throw new Error('a golden event is missing')
    expect(await threadOf(forbidden)).toBe(await threadOf(recovered))
    expect(await threadOf(forbidden)).not.toBe(await threadOf(unauthorized))
  })
})

describe('the words of an email', () => {
  const rich: Occasion = {
    ...occasionOf(FAILED),
    briefing: {
      link: 'https://app.example.com/b?a=1&b="2"',
      logLines: ['first', '<b>last</b>'],
      usualMs: 60_000,
    },
  }

  it('lead to the build and end with its log', async () => {
    const { text, html } = JSON.parse(await bench().render(rich))
    expect(text).toMatch(
      /\n\nhttps:\/\/app\.example\.com\/b\?a=1&b="2"\n\nThe log ends:\n {4}first\n {4}<b>last<\/b>\n$/,
    )
    const read = readHtml(html)
    expect(read.links).toEqual(['https://app.example.com/b?a=1&b="2"'])
    expect(read.text).toContain('first\n<b>last</b>')
    expect(read.tags).not.toContain('b')
  })

  it('tell all events of a group, up to a hundred', async () => {
    const together = Array.from({ length: 150 }, () => FAILED)
    const { subject, text, html } = JSON.parse(await bench().render({ ...occasionOf(FAILED), together }))
    expect(subject).toBe('❌ 150 builds ended: 150 failed')
    expect(text.match(/brave-lion-7312/g)).toHaveLength(100)
    expect(text).toContain('… and 50 more')
    expect(readHtml(html).tags.filter((tag) => tag === 'li')).toHaveLength(101)
  })

  it('are those of the template, as plain text in both parts', async () => {
    const template = 'Hi <b>{{ event.data.build.branch }}</b>\nbye'
    const event = sampleEvent({}, { branch: '<script>"&' })
    const { text, html } = JSON.parse(await bench({ template }).render(event))
    expect(text).toBe('Hi <b><script>"&</b>\nbye')
    expect(readHtml(html)).toMatchObject({ text: expect.stringContaining(text), links: [] })
    expect(readHtml(html).tags).not.toContain('script')
  })

  it('have a subject of one line and at most 200 characters', async () => {
    const { digest } = GOLDEN_EVENTS
    if (!digest) throw new Error('a golden event is missing')
    const { subject } = await read({ subject_prefix: 'x'.repeat(50) }, digest)
    expect(subject).toHaveLength(200)
    expect(subject).toMatch(/^x{50} ❌ digest since .*…$/)
    const hostile = await read({}, sampleEvent({ to: 'BUILDING\r\nBcc: eve@example.com' }))
    expect(hostile.subject).toMatch(/ is now BUILDING\\u000d\\u000aBcc: eve@example\.com$/)
  })
})

describe('hostile texts', () => {
  it.each(HOSTILE_TEXTS)(
    'change words and nothing else, from the frozen body to the wire (%#)',
    async (text) => {
      const { send } = bench()
      for (const event of [...hostileEvents('plain'), ...hostileEvents(text)]) {
        expect((await send(event)).kind).toBe('accepted')
      }
      const shapes = receiver.mails.map(({ source, to }) => {
        const { headers, types, html } = readMail(source)
        const { tags, links } = readHtml(html)
        return { to, names: Object.keys(headers), types, tags, links }
      })
      const half = shapes.length / 2
      expect(shapes.slice(half)).toEqual(shapes.slice(0, half))
    },
  )

  it('read as they are between tags and in attributes', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'&<>"\'=/!-#xlt;a '.split('')) }),
    )
    fc.assert(
      fc.property(anything, (text) => {
        const read = readHtml(`<p><a href="${escapeHtml(text)}">${escapeHtml(text)}</a></p>`)
        expect(read).toEqual({ tags: ['p', 'a'], links: [text], text })
      }),
    )
  })
})

describe('the settings of an email notifier', () => {
  const base = emailKind.sample('http://mail.example.com:587', 'x'.repeat(32)).options
  const problems = (given: object) =>
    emailKind.options
      .safeParse({ ...base, ...given })
      .error?.issues.map(({ path, message }) => `${String(path[0])}: ${message}`)

  it.each([
    ['from', 'Eve\r\nBcc: a@b.c <a@example.com>'],
    ['from', 'a@example.com, b@example.com'],
    ['from', '"Eve" <a@example.com>'],
    ['from', 'builds'],
    ['to', ['a@example.com\nb@example.com']],
    ['to', ['<a@example.com>']],
    ['to', ['Ann <a@example.com>']],
    ['to', ['a b@example.com']],
    ['to', ['a@-example.com']],
    ['to', []],
    ['host', 'mail.example.com:25'],
    ['host', 'https://mail.example.com'],
    ['port', 0],
    ['subject_prefix', 'a\nb'],
    ['security', 'none'],
    ['security', 'ssl'],
  ])('are refused where %s is %j', (name, value) => {
    expect(problems({ [name]: value })).toEqual([expect.stringMatching(new RegExp(`^${name}: .`))])
  })

  it('allow to send in the clear only by saying so', () => {
    expect(problems({ security: 'none' })).toEqual([
      'security: none sends in the clear; use starttls or tls, or set allow_insecure: true',
    ])
    expect(problems({ security: 'none', allow_insecure: true })).toBeUndefined()
  })

  it('want a user where there is a password, and a password where there is a user', async () => {
    expect(() => bench({ user: undefined })).toThrow(
      'notifiers.under-test.user: is missing; password needs it',
    )
    const notifier = emailKind.create({ name: 'mail', options: base, secrets: {} }, NO_TOOLS)
    const body = await bench().render(FAILED)
    const delivery = { id: 'd', notifier: 'mail', event: FAILED }
    expect(await notifier.send({ delivery, body, attempt: 1, idempotencyKey: 'key-1' }, context())).toEqual({
      kind: 'retry',
      reason:
        'notifiers.mail.password: is missing or empty; user needs it (leave user out to send without a login)',
    })
  })
})

function bench(options: object = {}) {
  return benchFor(emailKind, `http://127.0.0.1:${receiver.port}`, { ...PLAIN, ...options })
}

function sent() {
  return readMail(receiver.mails.at(-1)?.source ?? '')
}

async function read(options: object, event: WatchEvent): Promise<{ readonly subject: string }> {
  return JSON.parse(await bench(options).render(event))
}

function context() {
  const quiet = () => undefined
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet, child: () => logger }
  const memo = { recall: async () => undefined, keep: async () => undefined }
  return { signal: new AbortController().signal, logger, memo }
}
