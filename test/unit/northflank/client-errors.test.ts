import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import type { RateLimitFacts } from '../../../src/domain/ports.js'
import nock from '../../support/nock.js'
import { apiErrorOf, BASE, BUILD, clientOf, PATH, REF, secret, TOKEN } from './fixtures.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

/** 5xx and broken connections are tried again; here that is forbidden, and 404s are not looked into. */
const ONCE = { mayRetry: async () => false }

async function errorFor(status: number, body: string | object = '', headers: Record<string, string> = {}) {
  nock(BASE).get(PATH).reply(status, body, headers)
  return apiErrorOf(clientOf().getBuild(REF, ONCE))
}

describe('each status has its code', () => {
  test.each([
    [401, 'API_UNAUTHORIZED', false],
    [403, 'API_FORBIDDEN', false],
    [404, 'API_NOT_FOUND', false],
    [410, 'API_NOT_FOUND', false],
    [405, 'API_WRONG_ROUTE', false],
    [407, 'API_UNREACHABLE', false],
    [408, 'API_TIMED_OUT', true],
    [429, 'API_THROTTLED', true],
    [400, 'API_BAD_RESPONSE', false],
    [422, 'API_BAD_RESPONSE', false],
    [500, 'API_UNREACHABLE', true],
    [502, 'API_UNREACHABLE', true],
    [503, 'API_UNREACHABLE', true],
  ])('%i is %s', async (status, code, retryable) => {
    expect(await errorFor(status)).toMatchObject({ name: 'ApiError', code, retryable, status })
  })

  test('the message names the method, the path and the cure', async () => {
    const { message } = await errorFor(403, { error: { status: 403, message: 'Insufficient permissions' } })
    expect(message).toBe(
      `GET ${BASE}${PATH}: the token may not do this read (HTTP 403: Insufficient permissions); ` +
        'give its role the permission "Project > Jobs > Deployment > Deploy Build"',
    )
  })

  test('a 403 carries the permission that the read takes', async () => {
    expect((await errorFor(403)).permission).toBe('Project > Jobs > Deployment > Deploy Build')
    expect((await errorFor(401)).permission).toBeUndefined()
  })

  test('a 429 carries the time until the reset', async () => {
    const error = await errorFor(429, '', { 'x-ratelimit-reset': '90', 'retry-after': '120' })
    expect(error.resetInMs).toBe(120_000)
    expect(error.message).toContain('wait 120 s')
    expect((await errorFor(429)).resetInMs).toBeUndefined()
  })

  test('a redirect is named and never followed', async () => {
    const elsewhere = nock('https://elsewhere.example.test').get('/login').reply(200, { data: BUILD })
    const error = await errorFor(302, '', { location: 'https://elsewhere.example.test/login' })
    expect(error).toMatchObject({ code: 'API_BAD_RESPONSE', retryable: true, status: 302 })
    expect(error.message).toContain('https://elsewhere.example.test/login')
    expect(elsewhere.isDone()).toBe(false)
  })

  test('the hook hears of error answers too', async () => {
    nock(BASE).get(PATH).reply(401, '', { 'x-ratelimit-remaining': '3' })
    const onAnswer = jest.fn<(facts: RateLimitFacts) => void>()
    await apiErrorOf(clientOf().getBuild(REF, { onAnswer }))
    expect(onAnswer.mock.calls).toEqual([[{ remaining: 3, throttled: false }]])
  })

  test('what a hook rejects with comes through as it is, and is not tried again', async () => {
    nock(BASE).get(PATH).reply(503)
    const onAnswer = async () => {
      throw new Error('Redis is away')
    }
    await expect(clientOf().getBuild(REF, { onAnswer })).rejects.toThrow('Redis is away')
  })
})

describe('the words of an error answer', () => {
  test.each<[string, string | object, string]>([
    ['error.message', { error: { status: 400, message: 'from error' }, message: 'from top' }, 'from error'],
    ['message', { error: { status: 400 }, message: 'from top' }, 'from top'],
    ['a string error', { error: 'from a string' }, 'from a string'],
    ['plain text', 'Method not allowed', 'Method not allowed'],
    ['JSON of another shape', { detail: 'x' }, '{"detail":"x"}'],
    ['an HTML page', '<html><h1>502 Bad Gateway</h1></html>', 'an HTML page'],
  ])('are taken from %s', async (_name, body, words) => {
    expect((await errorFor(400, body)).message).toContain(`(HTTP 400: ${words})`)
  })

  test('are one line of printable characters, and short', async () => {
    const { message } = await errorFor(400, `one\r\ntwo\t\u001b[31mred\u202e ${'x'.repeat(5000)}`)
    expect(message).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(message).toContain('one two')
    expect(message.length).toBeLessThan(700)
  })
})

describe('the token', () => {
  test.each<[string, number, string | object]>([
    ['in a message', 401, { error: { message: `bad token ${TOKEN}` } }],
    ['in plain text', 500, `Authorization: Bearer ${TOKEN}`],
    ['in base64', 400, Buffer.from(`user:${TOKEN}`).toString('base64')],
    ['in a body that is no JSON', 200, `you sent ${TOKEN}`],
    ['in the id of a build', 200, { data: { id: TOKEN } }],
    ['at the end of the excerpt', 400, `${'x'.repeat(290)}${TOKEN}`],
  ])('that a server echoes %s is hidden', async (_name, status, body) => {
    const shown = inspect(await errorFor(status, body), { depth: 9, showHidden: true })
    expect(shown).not.toContain(TOKEN.slice(0, 8))
    expect(shown).not.toContain(Buffer.from(`user:${TOKEN}`).toString('base64').slice(8, 20))
  })

  test('that a redirect carries is hidden', async () => {
    const error = await errorFor(302, '', { location: `https://x.example.test/?t=${TOKEN}` })
    expect(inspect(error)).not.toContain(TOKEN)
  })

  test('that a fault below fetch quotes is hidden', async () => {
    nock(BASE).get(PATH).replyWithError(`cannot send authorization: Bearer ${TOKEN}`)
    const shown = inspect(await apiErrorOf(clientOf().getBuild(REF, ONCE)), { depth: 9, showHidden: true })
    expect(shown).toContain('cannot send')
    expect(shown).not.toContain(TOKEN)
  })

  test.each([
    ['', 'is empty'],
    ['secret-token\nX-Evil: 1', 'cannot be sent'],
    ['secret-tökèn', 'cannot be sent'],
  ])('%j is refused without a request and without being repeated', async (token, flaw) => {
    const error = await apiErrorOf(clientOf({ token: secret(token) }).getBuild(REF))
    expect(error).toMatchObject({ code: 'API_UNAUTHORIZED', message: expect.stringContaining(flaw) })
    expect(error.message).not.toContain('secret-t')
  })

  test('that cannot be read rejects as its owner said', async () => {
    const unreadable = { reveal: async () => Promise.reject(new Error('SECRET_UNREADABLE')) }
    await expect(clientOf({ token: unreadable }).getBuild(REF)).rejects.toThrow('SECRET_UNREADABLE')
  })
})

describe('faults below HTTP', () => {
  test.each([
    ['ECONNREFUSED', 'API_UNREACHABLE', true, 'base_url'],
    ['ENOTFOUND', 'API_UNREACHABLE', true, 'DNS'],
    ['ECONNRESET', 'API_UNREACHABLE', true, 'network'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'API_UNREACHABLE', false, 'NODE_EXTRA_CA_CERTS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'API_UNREACHABLE', false, 'NODE_EXTRA_CA_CERTS'],
    ['UND_ERR_CONNECT_TIMEOUT', 'API_TIMED_OUT', true, 'timeout'],
    ['HPE_INVALID_CONSTANT', 'API_BAD_RESPONSE', true, 'scheme'],
  ])('%s is %s', async (...[code, expected, retryable, cure]) => {
    nock(BASE)
      .get(PATH)
      .replyWithError(Object.assign(new Error('it broke'), { code }))
    const error = await apiErrorOf(clientOf().getBuild(REF, ONCE))
    expect(error).toMatchObject({ code: expected, retryable, status: undefined })
    expect(error.message).toMatch(new RegExp(`it broke \\(${code}\\).*${cure}`))
  })
})
