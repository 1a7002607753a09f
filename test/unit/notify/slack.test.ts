import { afterEach, describe, expect, it } from '@jest/globals'
import type { Secret } from '../../../src/domain/ports.js'
import { createNotifier } from '../../../src/notify/registry.js'
import { slackKind } from '../../../src/notify/slack.js'
import nock from '../../support/nock.js'
import { sampleDigest, sampleEvent, sampleStuck } from '../../support/notifier-contract-events.js'
import { NO_OTHER_TOOLS } from '../../support/notifier-tools.js'
import { type ChatBench, chatBench } from './chat-bench.js'

const TOKEN = 'xoxb-12-34-s3cr3t'
const WEBHOOK = 'https://hooks.slack.com/services/T0/B0/s3cr3t'
const CHANNEL = 'C0123456789'
const BUILDING = sampleEvent({ seq: 2 })
const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/

interface Call {
  readonly method: string
  readonly body: Record<string, unknown>
}

/** Stands in for slack.com: gives each answer in turn, then success with a new `ts` each time. */
function slackSays(...answers: (object | number)[]): Call[] {
  const calls: Call[] = []
  nock('https://slack.com', { reqheaders: { authorization: `Bearer ${TOKEN}` } })
    .persist()
    .post(/^\/api\/chat\./)
    .reply((uri, body) => {
      if (typeof body !== 'object') throw new Error('the body is no JSON')
      calls.push({ method: uri.slice('/api/'.length), body })
      const answer = answers.shift() ?? { ok: true }
      if (typeof answer === 'number') return [answer, '']
      const { ts = `${calls.length}.0`, channel } = body
      return [200, 'ok' in answer && answer.ok === true ? { channel, ts, ...answer } : answer]
    })
  return calls
}

function bot(options: object = {}): ChatBench {
  return chatBench(slackKind, { channel: CHANNEL, ...options }, { bot_token: TOKEN })
}

function methods(calls: readonly Call[]): string[] {
  return calls.map(({ method, body }) =>
    'thread_ts' in body ? `${method} in ${String(body.thread_ts)}` : method,
  )
}

afterEach(() => {
  nock.cleanAll()
})

describe('slack by a bot', () => {
  it('posts one message per build, changes it in place and replies with the details at the end', async () => {
    const calls = slackSays()
    const slack = bot()
    expect(await slack.send(BUILDING)).toMatchObject({ kind: 'accepted' })
    expect(await slack.send(sampleStuck())).toMatchObject({ kind: 'accepted' })
    expect(await slack.send(FAILED)).toMatchObject({ kind: 'accepted' })
    expect(methods(calls)).toEqual([
      'chat.postMessage',
      'chat.update',
      'chat.update',
      'chat.postMessage in 1.0',
    ])
    expect(calls[2]?.body).toMatchObject({ channel: CHANNEL, ts: '1.0', parse: 'none', link_names: false })
    expect(JSON.stringify(calls[3]?.body)).toContain('release/2.4')
    expect(JSON.stringify(calls[2]?.body)).not.toContain('release/2.4')
  })

  it('is kept in turn, and so cannot group', () => {
    expect(bot().notifier).toMatchObject({ order: 'in_turn' })
    expect(bot().notifier.canGroup).toBeUndefined()
  })

  it('repeats a conclusion without a second reply', async () => {
    const calls = slackSays()
    const slack = bot()
    await slack.send(FAILED)
    await slack.send(FAILED)
    expect(methods(calls)).toEqual(['chat.postMessage', 'chat.postMessage in 1.0', 'chat.update'])
  })

  it('replies at the next attempt when only the reply failed', async () => {
    const calls = slackSays({ ok: true }, { ok: false, error: 'internal_error' })
    const slack = bot()
    expect(await slack.send(FAILED)).toMatchObject({ kind: 'retry' })
    expect(await slack.send(FAILED)).toMatchObject({ kind: 'accepted' })
    expect(methods(calls)).toEqual([
      'chat.postMessage',
      'chat.postMessage in 1.0',
      'chat.update',
      'chat.postMessage in 1.0',
    ])
    expect(calls[3]?.body.client_msg_id).toBe(calls[1]?.body.client_msg_id)
  })

  it('counts the build as told when its channel takes no replies', async () => {
    slackSays({ ok: true }, { ok: false, error: 'restricted_action_non_threadable_channel' })
    expect(await bot().send(FAILED)).toMatchObject({
      kind: 'accepted',
      detail: expect.stringContaining('restricted_action_non_threadable_channel'),
    })
  })

  it.each(['message_not_found', 'cant_update_message', 'edit_window_closed'])(
    'posts anew when the message cannot be changed: %s',
    async (error) => {
      const calls = slackSays({ ok: true }, { ok: false, error })
      const slack = bot()
      await slack.send(BUILDING)
      await slack.send(FAILED)
      expect(methods(calls)).toEqual([
        'chat.postMessage',
        'chat.update',
        'chat.postMessage',
        'chat.postMessage in 3.0',
      ])
    },
  )

  it('posts anew when the settings name another channel', async () => {
    const calls = slackSays()
    const slack = bot()
    await slack.send(BUILDING)
    const moved = bot({ channel: '#builds' })
    await moved.memo.keep(BUILDING.subject, (await slack.memo.recall(BUILDING.subject)) ?? '')
    await moved.send(FAILED)
    expect(methods(calls).slice(1)).toEqual(['chat.postMessage', 'chat.postMessage in 2.0'])
    expect(calls[1]?.body.channel).toBe('#builds')
  })

  it('does not show a build as running again when an old event is delivered once more', async () => {
    const calls = slackSays()
    const slack = bot()
    await slack.send(FAILED)
    expect(await slack.send(BUILDING)).toEqual({
      kind: 'accepted',
      detail: 'the build is shown as concluded already',
    })
    expect(calls).toHaveLength(2)
  })

  it('posts what is about no build each time', async () => {
    const calls = slackSays()
    const slack = bot()
    await slack.send(sampleDigest())
    await slack.send(sampleDigest())
    expect(methods(calls)).toEqual(['chat.postMessage', 'chat.postMessage'])
  })

  it('gives all attempts of a post one id, and other posts others', async () => {
    const calls = slackSays(503)
    const slack = bot()
    expect(await slack.send(BUILDING)).toMatchObject({ kind: 'retry' })
    await slack.send(BUILDING)
    await slack.send(sampleDigest())
    const [first, second, other] = calls.map(({ body }) => body.client_msg_id)
    expect(first).toMatch(UUID)
    expect(second).toBe(first)
    expect(other).not.toBe(first)
  })

  it('posts under another id when Slack knows the first one but no message of it', async () => {
    const calls = slackSays({ ok: false, error: 'duplicate_message_not_found' })
    expect(await bot().send(BUILDING)).toMatchObject({ kind: 'accepted' })
    expect(methods(calls)).toEqual(['chat.postMessage', 'chat.postMessage'])
    expect(calls[1]?.body.client_msg_id).not.toBe(calls[0]?.body.client_msg_id)
  })

  it.each([
    ['ratelimited', 'retry'],
    ['internal_error', 'retry'],
    ['fatal_error', 'retry'],
    ['service_unavailable', 'retry'],
    ['request_timeout', 'retry'],
    ['invalid_auth', 'refused'],
    ['channel_not_found', 'refused'],
    ['not_in_channel', 'refused'],
    ['is_archived', 'refused'],
    ['msg_too_long', 'refused'],
    ['never_heard_of', 'refused'],
  ])('takes a 200 that says %s for %s', async (error, kind) => {
    slackSays({ ok: false, error })
    const result = await bot().send(BUILDING)
    expect(result).toMatchObject({ kind, reason: expect.stringContaining(error) })
  })

  it('tries again what was answered by something that is not Slack', async () => {
    nock('https://slack.com').post('/api/chat.postMessage').reply(200, '<html>Welcome</html>')
    expect(await bot().send(BUILDING)).toMatchObject({ kind: 'retry' })
  })

  it('waits as long as a rate limit asks', async () => {
    const headers = { 'retry-after': '30' }
    nock('https://slack.com')
      .post('/api/chat.postMessage')
      .reply(429, { ok: false, error: 'ratelimited' }, headers)
    expect(await bot().send(BUILDING)).toMatchObject({ kind: 'retry', retryAfterMs: 30_000 })
  })

  it('keeps its token out of what it says', async () => {
    nock('https://slack.com').post('/api/chat.postMessage').reply(200, { ok: false, error: TOKEN })
    expect(JSON.stringify(await bot().send(BUILDING))).not.toContain('s3cr3t')
  })

  it('names the place and the cure when the secret is no token', async () => {
    const slack = chatBench(slackKind, { channel: CHANNEL }, { bot_token: 's3cr3t\r\nx: y' })
    const result = await slack.send(BUILDING)
    expect(result).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('ops.bot_token: must be a bot'),
    })
    expect(JSON.stringify(result)).not.toContain('s3cr3t')
  })
})

describe('the secrets of slack', () => {
  const create = (options: object, ...names: string[]) => {
    const secrets: Record<string, Secret> = {}
    for (const name of names) secrets[name] = { reveal: async () => name }
    const never = () => Promise.reject(new Error('not needed here'))
    return createNotifier(
      { type: 'slack', name: 'ops', options, secrets },
      {
        http: { send: never, close: never },
        clock: { now: () => 0 },
        out: () => undefined,
        ...NO_OTHER_TOOLS,
      },
    )
  }

  it('are one of the two: both are refused', () => {
    expect(() => create({ channel: CHANNEL }, 'webhook_url', 'bot_token')).toThrow(
      'notifiers.ops: needs either webhook_url, of an incoming webhook, or bot_token with channel',
    )
  })

  it('are one of the two: none is refused', () => {
    expect(() => create({})).toThrow('notifiers.ops: needs webhook_url or webhook_url_file, or bot_token')
  })

  it('go with the channel: a bot needs one, a webhook has its own', () => {
    expect(() => create({}, 'bot_token')).toThrow(
      'notifiers.ops.channel: is missing; bot_token needs a channel',
    )
    expect(() => create({ channel: CHANNEL }, 'webhook_url')).toThrow(
      'an incoming webhook has its own channel',
    )
  })

  it('are the whole URL of a webhook, which is taken with a 200', async () => {
    nock('https://hooks.slack.com').post('/services/T0/B0/s3cr3t').reply(200, 'ok')
    const slack = chatBench(slackKind, {}, { webhook_url: WEBHOOK })
    expect(await slack.send(FAILED)).toMatchObject({ kind: 'accepted' })
    nock('https://hooks.slack.com').post('/services/T0/B0/s3cr3t').reply(404, 'no_service')
    expect(await slack.send(FAILED)).toEqual({ kind: 'refused', reason: 'HTTP 404: no_service' })
  })
})
