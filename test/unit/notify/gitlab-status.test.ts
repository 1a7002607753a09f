import { afterEach, describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import type { WatchEvent } from '../../../src/domain/event.js'
import { gitlabStatusKind } from '../../../src/notify/gitlab-status.js'
import nock from '../../support/nock.js'
import {
  GOLDEN_EVENTS,
  sampleDigest,
  sampleEvent,
  sampleStuck,
} from '../../support/notifier-contract-events.js'
import { chatBench } from './chat-bench.js'

const TOKEN = 'glpat-s3cr3t'
const SHA = '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9'
const PATH = `/api/v4/projects/acme%2Fshop/statuses/${SHA}`
const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })
const BUILDING = sampleEvent({})

/** By hand from "Set commit pipeline status" of GitLab's doc/api/commits.md. */
const isStatus = new Ajv().compile({
  type: 'object',
  required: ['state'],
  additionalProperties: false,
  properties: {
    state: { enum: ['pending', 'running', 'success', 'failed', 'canceled', 'skipped'] },
    ref: { type: 'string', minLength: 1, maxLength: 255 },
    name: { type: 'string', minLength: 1, maxLength: 255 },
    target_url: { type: 'string', maxLength: 255 },
    description: { type: 'string', maxLength: 255 },
  },
})

function gitlab(options: object = { project: 'acme/shop' }) {
  return chatBench(gitlabStatusKind, options, { token: TOKEN })
}

function gitlabSays(status: number, body: object = {}) {
  return nock('https://gitlab.com').post(PATH).reply(status, body)
}

async function status(event: WatchEvent = FAILED, options: object = {}, link?: string) {
  const bench = gitlab({ project: 'acme/shop', ...options })
  const body = await bench.render(event, link === undefined ? {} : { briefing: { link } })
  expect([isStatus(body), isStatus.errors]).toEqual([true, null])
  return JSON.parse(JSON.stringify(body))
}

afterEach(() => {
  nock.cleanAll()
})

describe('a commit status on gitlab', () => {
  it('is set at its commit and branch, with the token of the settings', async () => {
    const scope = nock('https://gitlab.com', { reqheaders: { 'private-token': TOKEN } })
      .post(PATH, {
        state: 'failed',
        name: 'northflank/teams/acme/shop/jobs/nightly',
        description: 'failed after 4 min 12 s',
        ref: 'release/2.4',
      })
      .reply(201)
    expect(await gitlab().send(FAILED)).toMatchObject({ kind: 'accepted', detail: 'HTTP 201' })
    expect(scope.isDone()).toBe(true)
  })

  it.each([
    ['success', 'success'],
    ['failure', 'failed'],
    ['crashed', 'failed'],
    ['submission_failure', 'failed'],
    ['aborted', 'canceled'],
    ['unknown', 'canceled'],
  ] as const)('says of a build that ended as %s: %s', async (outcome, state) => {
    expect(await status(sampleEvent({ outcome }))).toMatchObject({ state })
  })

  it.each([
    ['building', BUILDING],
    ['stuck', sampleStuck({}, { sha: SHA })],
  ])('is running while the build is %s', async (_name, event) => {
    expect(await status(event)).toMatchObject({ state: 'running' })
  })

  it.each([254, 255, 256])('is told in at most 255 characters, where %i were asked for', async (length) => {
    const long = 'x'.repeat(length)
    const cut = length <= 255 ? long : `${'x'.repeat(254)}…`
    expect(await status(FAILED, { template: long, context: long })).toMatchObject({
      name: cut,
      description: cut,
    })
  })

  it.each([255, 256])('has a link and a branch of %i characters whole or not at all', async (length) => {
    const link = 'https://app.example.com/'.padEnd(length, 'x')
    const branch = 'x'.repeat(length)
    const told = await status(sampleEvent({ outcome: 'success' }, { sha: SHA, branch }), {}, link)
    expect([told.target_url, told.ref]).toEqual(length <= 255 ? [link, branch] : [undefined, undefined])
  })

  it('has no branch where the build tells none', async () => {
    expect(await status(sampleEvent({ outcome: 'success' }, { sha: SHA }))).not.toHaveProperty('ref')
  })

  it('goes to the project of its job, by path or by id', async () => {
    const scope = nock('https://gitlab.com').post(`/api/v4/projects/17/statuses/${SHA}`).reply(201)
    await gitlab({ projects: { 'teams/acme/shop/jobs/*': '17' }, project: 'acme/rest' }).send(FAILED)
    expect(scope.isDone()).toBe(true)
  })

  it('is kept to the newest event of a build', () => {
    expect(gitlab().notifier).toMatchObject({ order: 'latest' })
  })

  it('is not set without a request for what has no commit', async () => {
    expect(await gitlab().send(sampleDigest())).toEqual({
      kind: 'accepted',
      detail: 'no commit to mark: it is about no build',
    })
    expect(await gitlab({ projects: { 'x/**': 'acme/x' } }).send(FAILED)).toEqual({
      kind: 'accepted',
      detail: 'no commit to mark: the settings name no project for teams/acme/shop/jobs/nightly',
    })
  })
})

describe('an answer of gitlab', () => {
  const cannot = (via: string, from: string) => ({
    message: `Cannot transition status via :${via} from :${from} (Reason(s): Status cannot transition via "${via}")`,
  })

  it.each([
    ['running', BUILDING, cannot('run', 'running'), 'accepted'],
    ['running', BUILDING, cannot('enqueue', 'success'), 'accepted'],
    ['failed', FAILED, cannot('drop', 'failed'), 'accepted'],
    ['failed', FAILED, cannot('drop', 'success'), 'retry'],
    ['failed', FAILED, { message: { name: ['has already been taken'] } }, 'refused'],
  ])(
    'to %s, which cannot be set, is judged by where the status stands (%#)',
    async (_state, event, body, kind) => {
      gitlabSays(400, body)
      expect(await gitlab().send(event)).toMatchObject({ kind })
    },
  )

  it('says that the status stands there already', async () => {
    gitlabSays(400, cannot('run', 'running'))
    expect(await gitlab().send(BUILDING)).toEqual({ kind: 'accepted', detail: 'it stands there already' })
  })

  it.each([
    [409, { message: '409 Conflict: Resource lock' }, 'retry'],
    [429, {}, 'retry'],
    [401, { message: '401 Unauthorized' }, 'refused'],
    [403, { message: '403 Forbidden' }, 'refused'],
    [404, { message: '404 Project Not Found' }, 'refused'],
    [502, {}, 'retry'],
  ])('of %i with %j means: %s', async (code, body, kind) => {
    gitlabSays(code, body)
    expect(await gitlab().send(FAILED)).toMatchObject({ kind })
  })

  it('does not bring the token back', async () => {
    gitlabSays(403, { message: `no ${TOKEN}` })
    expect(JSON.stringify(await gitlab().send(FAILED))).not.toContain('s3cr3t')
  })
})

describe('the settings of a gitlab status', () => {
  const faults = (options: object) =>
    gitlabStatusKind.options.safeParse(options).error?.issues.map(({ path }) => path.join('.'))

  it.each([
    ['project', {}],
    ['project', { project: 'shop' }],
    ['project', { project: 17 }],
    ['project', { project: 'acme/shop?x' }],
    ['projects.shop/jobs/*', { projects: { 'shop/jobs/*': 'https://gitlab.com/acme/shop' } }],
    ['api_url', { project: '17', api_url: 'http://gitlab.example.com/api/v4' }],
  ])('are refused at %s: %j', (place, options) => {
    expect(faults(options)).toEqual([place])
  })

  it('take a project in groups of groups', () => {
    expect(faults({ project: 'acme/shop.web/till-api' })).toBeUndefined()
  })
})

it('marks every golden build that tells its commit', async () => {
  const told = Object.values(GOLDEN_EVENTS).filter(
    ({ data }) => 'build' in data && data.build.sha !== undefined,
  )
  for (const event of told) await status(event)
  expect(told.length).toBeGreaterThan(8)
})
