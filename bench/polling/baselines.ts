/** What others do: each build polled for itself, on timers or in turn, with the same budget and reserve. */

import { mulberry32 } from '../../src/domain/seeded-random.js'
import { Allowance } from '../../src/planning/allowance.js'
import { Timeline } from '../../src/planning/timeline.js'
import type { Arrival } from './arrivals.js'

export interface Run {
  readonly latencies: Float64Array
  readonly requests: number
  readonly refusals: number
  readonly endS: number
  /** CPU time spent in planning, all together. */
  readonly planningMs?: number
}

export interface Setting {
  readonly arrivals: readonly Arrival[]
  readonly limit: number
  readonly reserve: number
  readonly seed: number
}

/** Each build for itself, by the number of its polls so far. */
export function timers({ arrivals, limit, reserve, seed }: Setting, pauseS: (polls: number) => number): Run {
  const api = new Allowance(limit, reserve)
  const random = mulberry32(seed)
  const latencies = new Float64Array(arrivals.length)
  const due = new Timeline<{ index: number; polls: number }>()
  let next = 0
  let nowS = 0
  for (;;) {
    const arrivalAt = arrivals[next]?.startS ?? Infinity
    if (arrivalAt === Infinity && due.nextAt === Infinity) break
    if (arrivalAt <= due.nextAt) {
      due.add(arrivalAt + pauseS(0), { index: next, polls: 0 })
      next += 1
      continue
    }
    nowS = due.nextAt
    const { index, polls } = due.take()!
    if (!api.ask(nowS)) due.add(nowS + api.facts(nowS).resetInS + random() * 5, { index, polls })
    else if (arrivals[index]!.endS <= nowS) latencies[index] = nowS - arrivals[index]!.endS
    else due.add(nowS + pauseS(polls + 1), { index, polls: polls + 1 })
  }
  return { latencies, requests: api.requests, refusals: api.refusals, endS: nowS }
}
