/**
 * The life of a watched job, step by step: what its builds do, what the API lets us see of it, what Redis takes, and where the
 * process dies. The truth is kept beside it, to be held against what was recorded in the end.
 */
import { expect } from '@jest/globals'
import * as fc from 'fast-check'
import type { WatchPorts } from '../../../src/core/watch.js'
import { isBuildEvent } from '../../../src/domain/event.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { createdAt, ended, feedBench, running } from './feed-bench.js'
import { apiError, FEED_ID, feedOf, interestOf } from './fixtures.js'

type Branch = 'main' | 'dev'

export type Step =
  | { readonly kind: 'begin'; readonly branch: Branch }
  | { readonly kind: 'move'; readonly nth: number; readonly status: string }
  | { readonly kind: 'end'; readonly nth: number }
  /** It leaves the list, once it has been seen: what has not can be known to nobody. */
  | { readonly kind: 'unlist'; readonly nth: number }
  | { readonly kind: 'poll' }
  /** Dies before the call of a port with this number. */
  | { readonly kind: 'killed poll'; readonly before: number }
  /** A second one begins and ends while the answer to the first is on its way. */
  | { readonly kind: 'overlapping polls' }
  | { readonly kind: 'weather'; readonly way: 'get' | 'list'; readonly weather: Weather }
  | { readonly kind: 'permits'; readonly left: number }
  | { readonly kind: 'full'; readonly isFull: boolean }

type Weather = 'fair' | 'forbidden' | 'away'

const nth = fc.nat(9)
const kind = <Kind extends Step['kind']>(word: Kind) => fc.constant(word)

const BUILDS: readonly fc.Arbitrary<Step>[] = [
  fc.record({ kind: kind('begin'), branch: fc.constantFrom<Branch[]>('main', 'dev') }),
  fc.record({ kind: kind('move'), nth, status: fc.constantFrom('QUEUED', 'BUILDING', 'UPLOADING') }),
  fc.record({ kind: kind('end'), nth }),
  fc.record({ kind: kind('unlist'), nth }),
  fc.record({ kind: kind('poll') }),
]

export const KILLS: readonly fc.Arbitrary<Step>[] = [
  fc.record({ kind: kind('killed poll'), before: fc.integer({ min: 1, max: 14 }) }),
]

export const WEATHER: readonly fc.Arbitrary<Step>[] = [
  fc.record({ kind: kind('overlapping polls') }),
  fc.record({
    kind: kind('weather'),
    way: fc.constantFrom<('get' | 'list')[]>('get', 'list'),
    weather: fc.constantFrom<Weather[]>('fair', 'forbidden', 'away'),
  }),
  fc.record({ kind: kind('permits'), left: fc.nat(4) }),
  fc.record({ kind: kind('full'), isFull: fc.boolean() }),
]

export function lifeOf(others: readonly fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> {
  return fc.array(fc.oneof(...BUILDS, ...others), { minLength: 10, maxLength: 60, size: 'max' })
}

interface Truth {
  readonly branch: Branch
  readonly createdMin: number
  /** Every status that it ever had, in order. */
  readonly statuses: string[]
  concluded: boolean
}

type Bench = ReturnType<typeof feedBench>
type Builds = Map<string, Truth>

/** Lives the steps with short pages and a watch of `main`; then the weather is fair again, and some hours pass. */
export async function live(steps: readonly Step[]): Promise<{ bench: Bench; builds: Builds }> {
  const onMain = interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })
  const bench = feedBench(feedOf([onMain]))
  const builds: Builds = new Map()
  bench.api.pagesOf(3)
  await bench.poll()
  for (const each of steps) {
    bench.afterMinutes(1)
    await take(each, { bench, builds })
  }
  bench.records.refuse(undefined)
  for (const way of ['get', 'list'] as const) bench.api.allow(way)
  for (let poll = 1; poll <= 6; poll++) {
    bench.budget.leave(1000)
    bench.afterMinutes(poll * 15)
    await bench.poll()
  }
  return { bench, builds }
}

async function take(step: Step, { bench, builds }: { bench: Bench; builds: Builds }): Promise<void> {
  if (step.kind === 'begin') begin(step.branch, builds, bench)
  else if ('nth' in step) change(step, [...builds][step.nth % Math.max(1, builds.size)], bench)
  else if (step.kind === 'weather') setWeather(step, bench)
  else if (step.kind === 'permits') bench.budget.leave(step.left)
  else if (step.kind === 'full') bench.records.refuse(step.isFull ? 'no memory' : undefined)
  else await poll(step, bench)
}

async function poll(step: Step, bench: Bench): Promise<void> {
  if (step.kind === 'killed poll') return pollAndDie(step.before, bench)
  if (step.kind === 'overlapping polls')
    bench.api.meanwhile(async () => {
      bench.api.meanwhile(() => undefined)
      await bench.poll()
    })
  await bench.poll()
  bench.api.meanwhile(() => undefined)
}

function setWeather({ way, weather }: Step & { kind: 'weather' }, { api }: Bench): void {
  if (weather === 'fair') api.allow(way)
  else api.refuse(way, apiError(weather === 'away' ? 'API_UNREACHABLE' : 'API_FORBIDDEN'))
}

const START_MIN = MEMORY_START_AT / 60_000
const minuteOf = (bench: Bench): number => bench.clock.now() / 60_000 - START_MIN

function begin(branch: Branch, builds: Builds, bench: Bench): void {
  if (builds.size === 10) return
  const id = `b-${builds.size + 1}`
  const createdMin = minuteOf(bench)
  builds.set(id, { branch, createdMin, statuses: ['PENDING'], concluded: false })
  bench.api.serve(running(id, createdMin, { branch, status: 'PENDING' }))
}

function change(step: Step, build: [string, Truth] | undefined, bench: Bench): void {
  if (!build) return
  const [id, truth] = build
  const { branch, createdMin, concluded } = truth
  if (step.kind === 'unlist' && bench.records.heldOf(`${FEED_ID}/${id}`)) bench.api.unlist(id)
  if (concluded) return
  if (step.kind === 'move') {
    truth.statuses.push(step.status)
    bench.api.serve(running(id, createdMin, { branch, status: step.status }))
  }
  if (step.kind === 'end') {
    truth.concluded = true
    truth.statuses.push('SUCCESS')
    bench.api.serve(ended(id, minuteOf(bench), { branch, createdAt: createdAt(createdMin) }))
  }
}

class Killed extends Error {}

async function pollAndDie(before: number, bench: Bench): Promise<void> {
  await bench.poll(dyingPorts(bench, before)).catch((error: unknown) => {
    if (!(error instanceof Killed)) throw error
  })
}

/** Every call of a port counts; the one with the number `before` never happens. */
function dyingPorts(bench: Bench, before: number): Partial<WatchPorts> {
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
    sourceOf: () => dying(bench.api),
  }
}

/** I1 and I2 for each build, and nothing of those that no watch wants. */
export function expectRight({ bench, builds }: { bench: Bench; builds: Builds }): void {
  const events = bench.records.log.map(({ event }) => event).filter(isBuildEvent)
  for (const [id, { branch, concluded, statuses }] of builds) {
    const own = events.filter(({ subject }) => subject === `${FEED_ID}/${id}`)
    const isTold = branch === 'main' && concluded
    const outcomes = own.flatMap(({ data }) => data.outcome ?? [])
    expect([id, outcomes, own.length > 0]).toEqual([id, isTold ? ['success'] : [], branch === 'main'])
    expect(own.map(({ data }) => data.seq)).toEqual(own.map((_, index) => index + 1))
    const recorded = own.map(({ data }) => data.to)
    expect(recorded.filter((status, index) => status === recorded[index - 1])).toEqual([])
    expect(isInOrder(recorded, statuses)).toBe(true)
    if (isTold) expect(own.at(-1)?.data.outcome).toBe('success')
  }
}

/** Statuses that came and went between two probes cannot be known; what is recorded must have been, in that order. */
function isInOrder(recorded: readonly (string | null)[], statuses: readonly string[]): boolean {
  let from = 0
  return recorded.every((status) => {
    const at = statuses.findIndex((each, index) => index >= from && each === status)
    from = at + 1
    return at >= 0
  })
}
