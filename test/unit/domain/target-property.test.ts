/** However watches come together, their targets keep what each of them asks for. */
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { EVERY_BUILD } from '../../../src/domain/build-filter.js'
import { targetsOf, type Watch, type Windows } from '../../../src/domain/target.js'

const RESOURCE = { project: 'shop', kind: 'jobs' } as const
const MORNING: Windows = [{ cron: '* 8-11 * * *', timezone: 'Europe/Berlin' }]
const EVENING: Windows = [{ cron: '* 18-21 * * *', timezone: 'Europe/Berlin' }]

const rails = fc.tuple(fc.nat(1e6), fc.nat(1e6), fc.nat(1e6)).map(([minIntervalMs, more, timeoutMs]) => ({
  minIntervalMs,
  maxIntervalMs: minIntervalMs + more,
  timeoutMs,
}))
const windows = fc.constantFrom<Windows>([], MORNING, EVENING)
const route = fc.constantFrom('a', 'b', 'c').map((to) => ({ to, on: ['concluded' as const] }))
const facts = { routes: fc.array(route, { maxLength: 2 }), polling: rails, windows }
const resource = fc.constantFrom('nightly', 'other')
const watch: fc.Arbitrary<Watch> = fc.oneof(
  fc.record({ ...facts, resource, build: fc.constantFrom('a', 'b') }).map(
    ({ resource, build, ...rest }): Watch => ({
      kind: 'build',
      account: 'default',
      ...rest,
      ref: { ...RESOURCE, resource, build },
    }),
  ),
  fc
    .record({
      ...facts,
      resource,
      filter: fc.constantFrom(EVERY_BUILD, { ...EVERY_BUILD, branches: ['main'] }),
      catchUpMs: fc.nat(),
    })
    .map(
      ({ resource, ...rest }): Watch => ({
        kind: 'feed',
        account: 'default',
        ...rest,
        ref: { ...RESOURCE, resource },
      }),
    ),
)

/** The same targets, whatever the order in which they and their parts are named. */
function sorted(value: unknown): unknown {
  const text = (each: unknown): string => JSON.stringify(each)
  if (Array.isArray(value)) return value.map(sorted).sort((a, b) => text(a).localeCompare(text(b)))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, sorted(each)]))
}

describe('targetsOf', () => {
  it('never merges rails into impossible ones', () => {
    fc.assert(
      fc.property(fc.array(watch), (watches) => {
        for (const { polling } of targetsOf(watches))
          expect(polling.minIntervalMs).toBeLessThanOrEqual(polling.maxIntervalMs)
      }),
    )
  })

  it('makes the same targets in whatever order the watches come', () => {
    const shuffled = fc
      .array(watch, { maxLength: 8 })
      .chain((watches) =>
        fc.tuple(fc.constant(watches), fc.shuffledSubarray(watches, { minLength: watches.length })),
      )
    fc.assert(
      fc.property(shuffled, ([watches, shuffled]) => {
        expect(sorted(targetsOf(shuffled))).toEqual(sorted(targetsOf(watches)))
      }),
    )
  })

  it('gives every target an id of its own, and loses no route of any watch', () => {
    fc.assert(
      fc.property(fc.array(watch), (watches) => {
        const targets = targetsOf(watches)
        expect(new Set(targets.map(({ id }) => id)).size).toBe(targets.length)
        const routes = targets.flatMap((target) =>
          target.kind === 'build'
            ? target.routes
            : [...target.interests, ...target.named].flatMap((each) => each.routes),
        )
        expect(sorted(routes)).toEqual(sorted(watches.flatMap((watch) => watch.routes)))
      }),
    )
  })

  it('reads a job or service that is watched as a whole by one request alone', () => {
    fc.assert(
      fc.property(fc.array(watch), (watches) => {
        const targets = targetsOf(watches)
        const feeds = targets.filter(({ kind }) => kind === 'feed').map(({ id }) => id)
        const builds = targets.filter(({ kind }) => kind === 'build')
        for (const { id } of builds) expect(feeds).not.toContain(id.slice(0, id.lastIndexOf('/')))
      }),
    )
  })
})
