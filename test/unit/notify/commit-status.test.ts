import { afterEach, describe, expect, it } from '@jest/globals'
import type { WatchEvent } from '../../../src/domain/event.js'
import type { Logger } from '../../../src/domain/ports.js'
import { githubStatusKind } from '../../../src/notify/github-status.js'
import nock from '../../support/nock.js'
import {
  HOSTILE_TEXTS,
  sampleDigest,
  sampleEvent,
  sampleTrouble,
} from '../../support/notifier-contract-events.js'
import { chatBench } from './chat-bench.js'

const SHA = '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9'
const PATH = `/repos/acme/shop/statuses/${SHA}`
const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })

function github(options: object = { repository: 'acme/shop' }) {
  return chatBench(githubStatusKind, options, { token: 'github_pat_s3cr3t' })
}

afterEach(() => {
  nock.cleanAll()
})

describe('what marks no commit', () => {
  const send = async (event: WatchEvent, options?: object) => github(options).send(event)

  it.each([sampleTrouble(), sampleTrouble({ lastedMs: 1000 }), sampleDigest()])(
    'is accepted without a request when it is about no build: $type',
    async (event) => {
      expect(await send(event)).toEqual({
        kind: 'accepted',
        detail: 'no commit to mark: it is about no build',
      })
    },
  )

  it.each(['', '262f6fb', `${SHA}0`, `../${SHA.slice(3)}`, `${SHA.slice(1)}/`, `${SHA}\n`, ...HOSTILE_TEXTS])(
    'is accepted without a request when the commit is %j',
    async (sha) => {
      const detail = 'no commit to mark: the build tells no whole commit id'
      expect(await send(sampleEvent({ outcome: 'success' }, { sha }))).toEqual({ kind: 'accepted', detail })
    },
  )

  it('is accepted without a request when no repository is named for the job', async () => {
    expect(await send(FAILED, { repositories: { 'shop/**': 'acme/shop' } })).toEqual({
      kind: 'accepted',
      detail: 'no commit to mark: the settings name no repository for teams/acme/shop/jobs/nightly',
    })
  })

  it('has the reason in place of its body', async () => {
    const body = await github().notifier.render({ event: sampleDigest(), together: [], briefing: {} })
    expect(body).toBe('no commit to mark: it is about no build')
  })

  it('stays what it was frozen as, when the settings name a repository later', async () => {
    const { notifier, memo } = github()
    const delivery = { id: 'd', notifier: 'ops', event: FAILED }
    const outgoing = { delivery, idempotencyKey: 'key', attempt: 1, body: 'no commit to mark: so it was' }
    const { signal } = new AbortController()
    expect(await notifier.send(outgoing, { signal, logger: silent, memo })).toEqual({
      kind: 'accepted',
      detail: 'no commit to mark: so it was',
    })
  })
})

describe('the repository of a build', () => {
  const options = {
    repository: 'acme/rest',
    repositories: {
      'teams/acme/shop/services/*': 'acme/api',
      'teams/acme/shop/**': 'acme/shop',
      '**': 'acme/late',
    },
  }

  it('is that of the first name that matches its job', async () => {
    const scope = nock('https://api.github.com').post(PATH).reply(201)
    await github(options).send(FAILED)
    expect(scope.isDone()).toBe(true)
  })

  it('is the one repository where no name matches', async () => {
    const scope = nock('https://api.github.com').post(PATH).reply(201)
    await github({ repository: 'acme/shop', repositories: { 'other/jobs/*': 'acme/other' } }).send(FAILED)
    expect(scope.isDone()).toBe(true)
  })

  it('takes a commit id of SHA-256, and any case', async () => {
    const sha = 'AB'.repeat(32)
    const scope = nock('https://api.github.com')
      .post(`/repos/acme/shop/statuses/${'ab'.repeat(32)}`)
      .reply(201)
    await github().send(sampleEvent({ outcome: 'success' }, { sha }))
    expect(scope.isDone()).toBe(true)
  })
})

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
}
