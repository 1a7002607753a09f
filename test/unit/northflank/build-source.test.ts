import { expect, test } from '@jest/globals'
import type { RateLimitFacts, ReadHooks } from '../../../src/domain/ports.js'
import { createBuildSource } from '../../../src/northflank/build-source.js'
import type { CallOptions } from '../../../src/northflank/client.js'
import { BUILD, REF } from './fixtures.js'

const rateLimit = { remaining: 7, throttled: false }

/** A client that answers a second later, and keeps what it was asked under. */
function slowClient() {
  let now = 1000
  const calls: CallOptions[] = []
  async function answer(call: CallOptions = {}) {
    calls.push(call)
    now += 1000
    await call.onAnswer?.(rateLimit)
    expect(await call.mayRetry?.()).toBe(false)
    return { raw: undefined, rateLimit, status: 200 }
  }
  const client = {
    getBuild: async (_ref: unknown, call?: CallOptions) => ({ build: BUILD, ...(await answer(call)) }),
    listBuilds: async (_ref: unknown, _page: unknown, call?: CallOptions) => ({
      builds: [BUILD],
      pagination: { hasNextPage: false },
      ...(await answer(call)),
    }),
  }
  return { source: createBuildSource(client, { now: () => now }), calls }
}

function hooksInto(told: RateLimitFacts[]): ReadHooks {
  return {
    signal: new AbortController().signal,
    timeoutMs: 4321,
    mayRetry: async () => false,
    onAnswer: async (facts) => void told.push(facts),
  }
}

test('a get is one read under the hooks of its probe, seen at the time of its answer', async () => {
  const told: RateLimitFacts[] = []
  const hooks = hooksInto(told)
  const { source, calls } = slowClient()
  expect(await source.get(REF, hooks)).toMatchObject({ ref: REF, build: BUILD, observedAt: 2000 })
  expect(calls).toEqual([expect.objectContaining({ signal: hooks.signal, timeoutMs: 4321 })])
  expect(told).toEqual([rateLimit])
})

test('a list is read under the hooks of its probe too, and its builds are those of its job', async () => {
  const told: RateLimitFacts[] = []
  const hooks = { ...hooksInto(told), wantsMore: () => true, mayAsk: async () => true }
  const { source, calls } = slowClient()
  expect(await source.list(REF, hooks)).toEqual({
    snapshots: [expect.objectContaining({ ref: REF, build: BUILD, observedAt: 2000 })],
    end: 'whole',
  })
  expect(calls).toEqual([expect.objectContaining({ signal: hooks.signal, timeoutMs: 4321 })])
  expect(told).toEqual([rateLimit])
})
