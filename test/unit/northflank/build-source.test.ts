import { expect, test } from '@jest/globals'
import type { ProbeHooks, RateLimitFacts } from '../../../src/domain/ports.js'
import { createBuildSource } from '../../../src/northflank/build-source.js'
import type { CallOptions } from '../../../src/northflank/client.js'
import { BUILD, REF } from './fixtures.js'

const target = {
  id: 'default-project/jobs/example-job/joyous-view-6290',
  account: 'default',
  ref: REF,
  routes: [],
  polling: { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 4321 },
}

test('a probe is one read under the limits and hooks of its target, seen at the time of its answer', async () => {
  const told: RateLimitFacts[] = []
  const hooks: ProbeHooks = {
    signal: new AbortController().signal,
    mayRetry: async () => false,
    onAnswer: async (facts) => void told.push(facts),
  }
  const rateLimit = { remaining: 7, throttled: false }
  let now = 1000
  const seen: CallOptions[] = []
  const client = {
    async getBuild(_ref: unknown, call: CallOptions = {}) {
      seen.push(call)
      now = 2000
      await call.onAnswer?.(rateLimit)
      expect(await call.mayRetry?.()).toBe(false)
      return { build: BUILD, raw: BUILD, rateLimit, status: 200 }
    },
  }
  const snapshots = await createBuildSource(client, { now: () => now }).probe(target, hooks)
  expect(snapshots).toEqual([expect.objectContaining({ ref: REF, build: BUILD, observedAt: 2000 })])
  expect(seen).toEqual([expect.objectContaining({ signal: hooks.signal, timeoutMs: 4321 })])
  expect(told).toEqual([rateLimit])
})
