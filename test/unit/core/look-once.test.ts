import { beforeEach, describe, expect, it } from '@jest/globals'
import type { BuildChoice } from '../../../src/core/choose-build.js'
import { beginFollowing, type FollowedBuild, missed } from '../../../src/core/followed-build.js'
import { type Look, lookOnce, newWays, type Ways } from '../../../src/core/look-once.js'
import { ApiError, type ApiErrorCode } from '../../../src/domain/errors.js'
import { createMemoryApi } from '../../support/memory-api.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const hooks = {
  signal: new AbortController().signal,
  timeoutMs: 1000,
  mayRetry: async () => false,
  mayAsk: async () => true,
  onAnswer: async () => undefined,
}
const named = (build: string) => beginFollowing({ kind: 'named', ref: { ...JOB, build } }, NOW)
const newest = (choice: BuildChoice) => beginFollowing({ kind: 'newest', ref: JOB, choice }, NOW)
const errorOf = (code: ApiErrorCode) =>
  new ApiError(code, 'no', { retryable: false, permission: 'Deploy Build' })

describe('one look', () => {
  let api: ReturnType<typeof createMemoryApi>
  let ways: Ways

  beforeEach(() => {
    api = createMemoryApi({ now: () => NOW }, JOB)
    for (const id of ['a', 'b', 'c', 'd']) api.serve({ id, branch: id === 'a' ? 'rare' : 'main' })
    ways = newWays()
  })

  const look = (...open: FollowedBuild[]): Promise<Look> =>
    lookOnce({ ref: JOB, open }, ways, { source: api, hooks })
  const shownBy = ({ snapshots }: Look): string[] => snapshots.map(({ ref }) => ref.build)

  it('takes the list first, for the past it shows, and then the build alone', async () => {
    expect(shownBy(await look(named('b')))).toEqual(['d', 'c', 'b', 'a'])
    expect(shownBy(await look(named('b')))).toEqual(['b'])
    expect(api.asked).toEqual(['list', 'get b'])
  })

  it('shows several builds by one request, and by their ids what the list leaves out', async () => {
    api.unlist('a')
    await look(named('a'), named('b'), named('c'))
    expect(api.asked).toEqual(['list', 'get a'])
  })

  it('names the right to list, which is the smaller one, where the token has neither', async () => {
    const list = new ApiError('API_FORBIDDEN', 'no', { retryable: false, permission: 'General > Read' })
    api.refuse('list', list)
    api.refuse('get', errorOf('API_FORBIDDEN'))
    await expect(look(named('b'))).rejects.toBe(list)
  })

  it('says of a build that is nowhere why it cannot be seen', async () => {
    const { unseen } = await look(named('gone'), named('b'))
    expect([...unseen].map(([key, { code }]) => [key, code])).toEqual([
      ['shop/jobs/nightly/gone', 'API_NOT_FOUND'],
    ])
  })

  it.each<ApiErrorCode>(['API_FORBIDDEN', 'API_BAD_RESPONSE', 'API_TIMED_OUT', 'API_NOT_FOUND'])(
    'does without the list where that fails with %s, from then on',
    async (code) => {
      api.refuse('list', errorOf(code))
      await look(named('b'), named('c'))
      await look(named('b'), named('c'))
      expect(api.asked).toEqual(['list', 'get b', 'get c', 'get b', 'get c'])
    },
  )

  it.each<ApiErrorCode>(['API_UNAUTHORIZED', 'API_THROTTLED', 'API_UNREACHABLE'])(
    'asks nothing more after %s',
    async (code) => {
      api.refuse('list', errorOf(code))
      await expect(look(named('b'))).rejects.toMatchObject({ code })
      expect(api.asked).toEqual(['list'])
    },
  )

  it('shows the others where one build fails, and says of that one how', async () => {
    api.unlist('a')
    api.refuse('get a', errorOf('API_BAD_RESPONSE'))
    const seen = await look(named('a'), named('b'))
    expect(shownBy(seen)).toContain('b')
    expect([...seen.unseen]).toMatchObject([['shop/jobs/nightly/a', { code: 'API_BAD_RESPONSE' }]])
  })

  it('reads on by id behind one that fails, and rejects where all do', async () => {
    ways.mayList = false
    api.refuse('get a', errorOf('API_BAD_RESPONSE'))
    expect(shownBy(await look(named('a'), named('b')))).toEqual(['b'])
    api.refuse('get b', errorOf('API_BAD_RESPONSE'))
    await expect(look(named('a'), named('b'))).rejects.toMatchObject({ code: 'API_BAD_RESPONSE' })
  })

  it('reads those first that did not fail, and stops where it is the API that fails', async () => {
    ways.mayList = false
    const failing = missed(named('a'), errorOf('API_UNREACHABLE'), { now: NOW, appearMs: 0 })
    await look(failing, named('b'))
    expect(api.newRequests()).toEqual(['get b', 'get a'])
    api.refuse('get', errorOf('API_UNREACHABLE'))
    await expect(look(...['a', 'b', 'c', 'd'].map(named))).rejects.toMatchObject({ code: 'API_UNREACHABLE' })
    expect(api.newRequests()).toEqual(['get a', 'get b', 'get c'])
  })

  it.each<ApiErrorCode>(['API_UNAUTHORIZED', 'API_THROTTLED'])(
    'reads no further by id after %s',
    async (code) => {
      ways.mayList = false
      api.refuse('get b', errorOf(code))
      const { unseen } = await look(named('a'), named('b'), named('c'))
      expect(api.asked).toEqual(['get a', 'get b'])
      expect([...unseen.values()]).toMatchObject([{ code }, { code }])
    },
  )

  it('leaves the rest unread when the allowance is what others are left', async () => {
    ways.mayList = false
    const mayAsk = async () => api.asked.length < 2
    const open = ['a', 'b', 'c'].map(named)
    const seen = await lookOnce({ ref: JOB, open }, ways, { source: api, hooks: { ...hooks, mayAsk } })
    expect(shownBy(seen)).toEqual(['a', 'b'])
    expect(seen.unseen.size).toBe(0)
  })

  it('finds a build that may not be read by its id on a later page, and does not try again', async () => {
    api.refuse('get', errorOf('API_FORBIDDEN'))
    await look(named('a'))
    api.pagesOf(1)
    expect(shownBy(await look(named('a')))).toContain('a')
    expect(shownBy(await look(named('a')))).toContain('a')
    expect(api.asked.filter((name) => name === 'get a')).toHaveLength(1)
  })

  it('names the right that is missing where a build may not be read and is not listed', async () => {
    api.refuse('get', errorOf('API_FORBIDDEN'))
    api.unlist('a')
    const { unseen } = await look(named('a'))
    expect(unseen.get('shop/jobs/nightly/a')?.message).toContain('"Deploy Build"')
  })

  it('goes to later pages for a build that is described, once', async () => {
    api.pagesOf(1)
    expect(shownBy(await look(newest({ branch: 'rare' })))).toContain('a')
    api.newRequests()
    await look(newest({ branch: 'none' }))
    expect(api.newRequests()).toEqual(['list'])
  })

  it('goes to no page that is older than what is asked for', async () => {
    api.serve({ id: 'e', createdAt: new Date(NOW - 60_000).toISOString() })
    api.pagesOf(1)
    await look(newest({ sinceAt: NOW - 1000 }))
    expect(api.asked).toEqual(['list'])
  })
})
