import { afterEach, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import { assert, asyncProperty, string } from 'fast-check'
import type { WatchEvent } from '../../../src/domain/event.js'
import { githubStatusKind } from '../../../src/notify/github-status.js'
import nock from '../../support/nock.js'
import { GOLDEN_EVENTS, sampleEvent, sampleStuck } from '../../support/notifier-contract-events.js'
import { chatBench } from './chat-bench.js'

const TOKEN = 'github_pat_s3cr3t'
const SHA = '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9'
const PATH = `/repos/acme/shop/statuses/${SHA}`
const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })

/** By hand from the request schema of "Create a commit status"; the lengths are those that it refuses with 422. */
const isStatus = new Ajv().compile({
  type: 'object',
  required: ['state'],
  additionalProperties: false,
  properties: {
    state: { enum: ['error', 'failure', 'pending', 'success'] },
    target_url: { type: 'string', pattern: '^https?://' },
    description: { type: 'string', maxLength: 140, pattern: '^[^\\ud800-\\udfff]*$' },
    context: { type: 'string', minLength: 1, maxLength: 255 },
  },
})

function github(options: object = { repository: 'acme/shop' }) {
  return chatBench(githubStatusKind, options, { token: TOKEN })
}

function githubSays(status: number, body: object = {}, headers: Record<string, string> = {}) {
  return nock('https://api.github.com').post(PATH).reply(status, body, headers)
}

/** What is rendered for a build of the sample job, parsed. */
async function status(event: WatchEvent = FAILED, options: object = {}, link?: string) {
  const bench = github({ repository: 'acme/shop', ...options })
  const body = await bench.render(event, link === undefined ? {} : { briefing: { link } })
  expect([isStatus(body), isStatus.errors]).toEqual([true, null])
  return JSON.parse(JSON.stringify(body))
}

afterEach(() => {
  nock.cleanAll()
})

describe('a commit status on github', () => {
  it('is set at its commit, under the version and the token of the settings', async () => {
    const scope = nock('https://api.github.com', {
      reqheaders: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${TOKEN}`,
        'x-github-api-version': '2022-11-28',
      },
    })
      .post(PATH, {
        state: 'failure',
        context: 'northflank/teams/acme/shop/jobs/nightly',
        description: 'failed after 4 min 12 s',
      })
      .reply(201)
    expect(await github().send(FAILED)).toMatchObject({ kind: 'accepted', detail: 'HTTP 201' })
    expect(scope.isDone()).toBe(true)
  })

  it.each([
    ['success', 'success'],
    ['failure', 'failure'],
    ['crashed', 'error'],
    ['submission_failure', 'error'],
    ['aborted', 'error'],
    ['unknown', 'error'],
  ] as const)('says of a build that ended as %s: %s', async (outcome, state) => {
    expect(await status(sampleEvent({ outcome }))).toMatchObject({ state })
  })

  it.each([
    ['building', sampleEvent({})],
    ['stuck', sampleStuck({}, { sha: SHA })],
  ])('is pending while the build is %s', async (_name, event) => {
    expect(await status(event)).toMatchObject({ state: 'pending' })
  })

  it('leads to the build where that has a link', async () => {
    expect(await status(FAILED, {}, 'https://app.example.com/b/1')).toMatchObject({
      target_url: 'https://app.example.com/b/1',
    })
  })

  it('has the same name for every build of a job, as the settings make it', async () => {
    const name = async (event: WatchEvent) =>
      (await status(event, { context: 'ci/<name> of <resource>' })).context
    expect(await name(FAILED)).toBe('ci/nightly of teams/acme/shop/jobs/nightly')
    expect(await name(sampleEvent({}))).toBe(await name(FAILED))
  })

  it.each([254, 255, 256])(
    'has a name of at most 255 characters, where %i were asked for',
    async (length) => {
      const { context } = await status(FAILED, { context: 'x'.repeat(length) })
      expect(context).toBe(length <= 255 ? 'x'.repeat(length) : `${'x'.repeat(254)}…`)
    },
  )

  it.each([139, 140, 141])(
    'is described in at most 140 characters, where a template makes %i',
    async (length) => {
      const { description } = await status(FAILED, { template: 'x'.repeat(length) })
      expect(description).toBe(length <= 140 ? 'x'.repeat(length) : `${'x'.repeat(139)}…`)
    },
  )

  it('is described in characters that GitHub takes, whatever a status or a template holds', async () => {
    expect((await status(FAILED, { template: 'done 🎉 at\n last' })).description).toBe('done \ufffd at last')
    await assert(
      asyncProperty(string({ unit: 'binary', maxLength: 300 }), async (to) => {
        await status(sampleEvent({ to }))
      }),
    )
  })

  it('is kept to the newest event of a build', () => {
    expect(github().notifier).toMatchObject({ order: 'latest' })
    expect(github().notifier.canGroup).toBeUndefined()
  })
})

describe('an answer of github', () => {
  it.each([
    [403, { message: 'API rate limit exceeded for user ID 1.' }, 'retry'],
    [403, { message: 'You have exceeded a secondary rate limit.' }, 'retry'],
    [429, { message: 'You have exceeded a secondary rate limit.' }, 'retry'],
    [403, { message: 'Resource not accessible by personal access token' }, 'refused'],
    [401, { message: 'Bad credentials' }, 'refused'],
    [422, { message: 'No commit found for SHA: abc' }, 'refused'],
    [500, {}, 'retry'],
  ])('of %i with %j means: %s', async (code, body, kind) => {
    githubSays(code, body)
    expect(await github().send(FAILED)).toMatchObject({ kind })
  })

  it('with a rate limit is heeded for as long as it says, or for a minute', async () => {
    const body = { message: 'You have exceeded a secondary rate limit.' }
    githubSays(403, body, { 'retry-after': '7' })
    expect(await github().send(FAILED)).toMatchObject({ retryAfterMs: 7000 })
    githubSays(403, body)
    expect(await github().send(FAILED)).toMatchObject({ retryAfterMs: 60_000 })
    githubSays(500)
    expect(await github().send(FAILED)).not.toHaveProperty('retryAfterMs')
  })

  it('of 404 is explained, because GitHub says the same of what a token may not see', async () => {
    githubSays(404, { message: 'Not Found' })
    expect(await github().send(FAILED)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('the token may not write its commit statuses'),
    })
  })

  it('that leads elsewhere is explained: the repository was renamed', async () => {
    githubSays(307, {}, { location: 'https://api.github.com/repositories/1/statuses/x' })
    expect(await github().send(FAILED)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('the repository has another name now'),
    })
  })

  it('does not bring the token back', async () => {
    githubSays(422, { message: `no ${TOKEN}` })
    expect(JSON.stringify(await github().send(FAILED))).not.toContain('s3cr3t')
  })
})

describe('the settings of a github status', () => {
  const faults = (options: object) =>
    githubStatusKind.options.safeParse(options).error?.issues.map(({ path }) => path.join('.'))

  it.each([
    ['repository', {}],
    ['repository', { repository: 'shop' }],
    ['repository', { repository: 'acme/..' }],
    ['repository', { repository: 'acme/shop/x' }],
    ['repository', { repository: 'acme/shop?x' }],
    ['repositories.shop/jobs/*', { repositories: { 'shop/jobs/*': 'https://github.com/acme/shop' } }],
    ['context', { repository: 'acme/shop', context: 'ci/<branch>' }],
    ['api_url', { repository: 'acme/shop', api_url: 'http://github.example.com/api/v3' }],
  ])('are refused at %s: %j', (place, options) => {
    expect(faults(options)).toEqual([place])
  })

  it('are told when the token cannot stand in a header', async () => {
    const bench = chatBench(githubStatusKind, { repository: 'acme/shop' }, { token: 'a\r\nX-Evil: yes' })
    expect(await bench.send(FAILED)).toEqual({
      kind: 'retry',
      reason: 'notifiers.ops.token: must be a token such as github_pat_… or ghp_…',
    })
  })
})

it('marks every golden build that tells its commit', async () => {
  const told = Object.values(GOLDEN_EVENTS).filter(
    ({ data }) => 'build' in data && data.build.sha !== undefined,
  )
  for (const event of told) await status(event)
  expect(told.length).toBeGreaterThan(8)
})
