import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { type PollingRails, targetsOf, type Watch } from '../../../src/domain/target.js'
import { KEY, REF } from './fixtures.js'

const POLLING: PollingRails = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }
const WATCH: Watch = {
  account: 'default',
  ref: REF,
  routes: [{ to: 'ops', on: ['concluded'] }],
  polling: POLLING,
}

describe('targetsOf', () => {
  it('makes a target of a watch, named by the build', () => {
    expect(targetsOf([WATCH])).toEqual([{ id: KEY, ...WATCH }])
  })

  it('makes one target of several watches of one build, with the routes of all', () => {
    const other: Watch = { ...WATCH, routes: [{ to: 'hook', on: ['failure'] }] }
    const [target, ...more] = targetsOf([WATCH, other])
    expect(more).toEqual([])
    expect(target?.routes).toEqual([
      { to: 'ops', on: ['concluded'] },
      { to: 'hook', on: ['failure'] },
    ])
  })

  it('takes the tightest rails and the most patient deadline of them', () => {
    const eager: Watch = { ...WATCH, polling: { minIntervalMs: 500, maxIntervalMs: 90_000, timeoutMs: 5000 } }
    const calm: Watch = {
      ...WATCH,
      polling: { minIntervalMs: 9000, maxIntervalMs: 30_000, timeoutMs: 20_000 },
    }
    expect(targetsOf([WATCH, eager, calm])[0]?.polling).toEqual({
      minIntervalMs: 500,
      maxIntervalMs: 30_000,
      timeoutMs: 20_000,
    })
  })

  it('keeps the order in which builds were first named', () => {
    const builds = ['c', 'a', 'c', 'b', 'a']
    const targets = targetsOf(builds.map((build) => ({ ...WATCH, ref: { ...REF, build } })))
    expect(targets.map(({ ref }) => ref.build)).toEqual(['c', 'a', 'b'])
  })

  it('tells builds apart by every part of their identity', () => {
    const refs: Watch['ref'][] = [
      REF,
      { ...REF, team: 'acme' },
      { ...REF, kind: 'services' },
      { ...REF, project: 'other' },
      { ...REF, resource: 'other' },
      { ...REF, build: 'other' },
    ]
    expect(targetsOf(refs.map((ref) => ({ ...WATCH, ref })))).toHaveLength(refs.length)
  })

  it('never merges rails into impossible ones', () => {
    const rails = fc.tuple(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6)).map(([minIntervalMs, more, timeoutMs]) => ({
      minIntervalMs,
      maxIntervalMs: minIntervalMs + more,
      timeoutMs,
    }))
    fc.assert(
      fc.property(fc.array(rails, { minLength: 1 }), (all) => {
        const { polling } = targetsOf(all.map((polling) => ({ ...WATCH, polling })))[0]!
        expect(polling.minIntervalMs).toBeLessThanOrEqual(polling.maxIntervalMs)
      }),
    )
  })

  it('makes nothing of no watches', () => {
    expect(targetsOf([])).toEqual([])
  })
})
