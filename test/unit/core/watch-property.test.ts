/**
 * I1 and I2 for a watched job, whatever happens: builds come, move, end and leave the list; pages are short; the process dies
 * between any two steps; Redis refuses. In the end each build that a watch wants has its statuses and its end on record, once.
 */
import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import type { WatchPorts } from '../../../src/core/watch.js'
import { isBuildEvent } from '../../../src/domain/event.js'
import { ended, feedBench, running } from './feed-bench.js'
import { FEED_ID, feedOf, interestOf } from './fixtures.js'

type Step =
  | { readonly kind: 'begin'; readonly branch: 'main' | 'dev' }
  | { readonly kind: 'move'; readonly nth: number; readonly status: string }
  | { readonly kind: 'end'; readonly nth: number }
  | { readonly kind: 'unlist'; readonly nth: number }
  | { readonly kind: 'poll' }
  /** Dies before the call of a port with this number. */
  | { readonly kind: 'killed poll'; readonly before: number }

const nth = fc.nat(9)
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constant('begin' as const),
    branch: fc.constantFrom('main' as const, 'dev' as const),
  }),
  fc.record({
    kind: fc.constant('move' as const),
    nth,
    status: fc.constantFrom('QUEUED', 'BUILDING', 'UPLOADING'),
  }),
  fc.record({ kind: fc.constant('end' as const), nth }),
  fc.record({ kind: fc.constant('unlist' as const), nth }),
  fc.record({ kind: fc.constant('poll' as const) }),
  fc.record({ kind: fc.constant('killed poll' as const), before: fc.integer({ min: 1, max: 14 }) }),
)

interface Truth {
  readonly branch: string
  readonly createdMin: number
  concluded: boolean
}

class Killed extends Error {}

/** Every call of a port counts; the one with the number `before` never happens. */
function dyingPorts(bench: ReturnType<typeof feedBench>, before: number): Partial<WatchPorts> {
  let calls = 0
  const dying = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver)
        if (typeof member !== 'function') return member
        return (...args: unknown[]) => {
          calls += 1
          if (calls === before) throw new Killed()
          return Reflect.apply(member, target, args)
        }
      },
    })
  return {
    targets: dying(bench.targets),
    records: dying(bench.records),
    watermarks: dying(bench.watermarks),
    troubles: dying(bench.troubles),
    budget: dying(bench.budget),
    sourceOf: () => bench.api,
  }
}

test('each build that a watch wants is recorded as it went, and told once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const bench = feedBench(feedOf([interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })]))
      bench.api.pagesOf(3)
      const builds = new Map<string, Truth>()
      await bench.poll()
      const at = (index: number) => [...builds][index % Math.max(1, builds.size)]

      for (const each of steps) {
        bench.afterMinutes(1)
        const minute = (bench.clock.now() - Date.UTC(2026, 0, 5, 12)) / 60_000
        const [id = '', truth] = 'nth' in each ? (at(each.nth) ?? []) : []
        if (each.kind === 'begin' && builds.size < 10) {
          const name = `b-${builds.size + 1}`
          builds.set(name, { branch: each.branch, createdMin: minute, concluded: false })
          bench.api.serve(running(name, minute, { branch: each.branch, status: 'PENDING' }))
        }
        if (truth && !truth.concluded) {
          const { branch, createdMin } = truth
          if (each.kind === 'move') bench.api.serve(running(id, createdMin, { branch, status: each.status }))
          if (each.kind === 'end') {
            const { createdAt } = running(id, createdMin)
            bench.api.serve(ended(id, minute, { branch, ...(createdAt === undefined ? {} : { createdAt }) }))
            truth.concluded = true
          }
        }
        // What leaves the list before anyone has seen it can be known to nobody.
        if (each.kind === 'unlist' && bench.records.heldOf(`${FEED_ID}/${id}`)) bench.api.unlist(id)
        if (each.kind === 'poll') await bench.poll()
        if (each.kind === 'killed poll')
          await bench.poll(dyingPorts(bench, each.before)).catch((error: unknown) => {
            if (!(error instanceof Killed)) throw error
          })
      }
      for (let poll = 1; poll <= 5; poll++) {
        bench.afterMinutes(1)
        await bench.poll()
      }

      const events = bench.records.log.map(({ event }) => event).filter(isBuildEvent)
      for (const [id, { branch, concluded }] of builds) {
        const own = events.filter(({ subject }) => subject === `${FEED_ID}/${id}`)
        const ends = own.filter(({ data }) => data.outcome !== undefined)
        expect([id, ends.length]).toEqual([id, branch === 'main' && concluded ? 1 : 0])
        if (branch !== 'main') expect([id, own.length]).toEqual([id, 0])
        expect(own.map(({ data }) => data.seq)).toEqual(own.map((_, index) => index + 1))
        const statuses = own.map(({ data }) => data.to)
        expect(statuses.filter((status, index) => status === statuses[index - 1])).toEqual([])
        if (concluded && own.length > 0) expect(own.at(-1)?.data.outcome).toBe('success')
      }
    }),
    { numRuns: 300 },
  )
}, 60_000)
