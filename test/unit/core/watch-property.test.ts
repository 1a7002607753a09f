/**
 * I1 and I2 for a watched job, whatever happens: builds come, move, end and leave the list; pages are short; the process dies
 * between any two steps; Redis refuses. In the end each build that a watch wants has its statuses and its end on record, once.
 */
import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import type { WatchPorts } from '../../../src/core/watch.js'
import { isBuildEvent } from '../../../src/domain/event.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { createdAt, ended, feedBench, running } from './feed-bench.js'
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
  readonly branch: 'main' | 'dev'
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

type Bench = ReturnType<typeof feedBench>

const START_MIN = MEMORY_START_AT / 60_000
const minuteOf = (bench: Bench): number => bench.clock.now() / 60_000 - START_MIN

/** What the builds do, and what becomes of the daemon meanwhile. */
async function live(steps: readonly Step[], bench: Bench): Promise<ReadonlyMap<string, Truth>> {
  const builds = new Map<string, Truth>()
  for (const each of steps) {
    bench.afterMinutes(1)
    if (each.kind === 'poll') await bench.poll()
    else if (each.kind === 'killed poll') await pollAndDie(each.before, bench)
    else if (each.kind === 'begin') begin(each.branch, builds, bench)
    else change(each, [...builds][each.nth % Math.max(1, builds.size)], bench)
  }
  return builds
}

function begin(branch: Truth['branch'], builds: Map<string, Truth>, bench: Bench): void {
  if (builds.size === 10) return
  const id = `b-${builds.size + 1}`
  const createdMin = minuteOf(bench)
  builds.set(id, { branch, createdMin, concluded: false })
  bench.api.serve(running(id, createdMin, { branch, status: 'PENDING' }))
}

function change(step: Step, build: [string, Truth] | undefined, bench: Bench): void {
  if (!build) return
  const [id, truth] = build
  const { branch, createdMin, concluded } = truth
  // What leaves the list before anyone has seen it can be known to nobody.
  if (step.kind === 'unlist' && bench.records.heldOf(`${FEED_ID}/${id}`)) bench.api.unlist(id)
  if (concluded) return
  if (step.kind === 'move') bench.api.serve(running(id, createdMin, { branch, status: step.status }))
  if (step.kind === 'end') {
    truth.concluded = true
    bench.api.serve(ended(id, minuteOf(bench), { branch, createdAt: createdAt(createdMin) }))
  }
}

async function pollAndDie(before: number, bench: Bench): Promise<void> {
  await bench.poll(dyingPorts(bench, before)).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
  })
}

function expectRight(builds: ReadonlyMap<string, Truth>, bench: Bench): void {
  const events = bench.records.log.map(({ event }) => event).filter(isBuildEvent)
  for (const [id, { branch, concluded }] of builds) {
    const own = events.filter(({ subject }) => subject === `${FEED_ID}/${id}`)
    const isTold = branch === 'main' && concluded
    const outcomes = own.flatMap(({ data }) => data.outcome ?? [])
    expect([id, outcomes, own.length > 0]).toEqual([id, isTold ? ['success'] : [], branch === 'main'])
    expect(own.map(({ data }) => data.seq)).toEqual(own.map((_, index) => index + 1))
    const statuses = own.map(({ data }) => data.to)
    expect(statuses.filter((status, index) => status === statuses[index - 1])).toEqual([])
    if (isTold) expect(own.at(-1)?.data.outcome).toBe('success')
  }
}

test('each build that a watch wants is recorded as it went, and told once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }), async (steps) => {
      const onMain = interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })
      const bench = feedBench(feedOf([onMain]))
      bench.api.pagesOf(3)
      await bench.poll()
      const builds = await live(steps, bench)
      for (let poll = 1; poll <= 5; poll++) {
        bench.afterMinutes(1)
        await bench.poll()
      }
      expectRight(builds, bench)
    }),
    { numRuns: 300 },
  )
}, 60_000)
