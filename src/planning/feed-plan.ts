/**
 * When to read a list that shows all builds of one job at once: the cheapest first step, as the plan is made anew at each answer.
 *
 *   known(t)  = the cost to go of the builds last seen unfinished if the list is read at t: the programme of lower-envelope.ts, with the
 *               number of builds expected unfinished for T and the probability that any is for S
 *   unseen(t) = α·(∫∫F over t + REQUESTS_AHEAD·price·those under way at t)           α: builds a second that start unseen
 *
 * While nothing is under way the list is read every t* seconds, the t at which (price + unseen(t))/t, the cost a second, is least:
 * what starts is then seen before it ends, where that is worth a request. With c that least cost, an answer at t is worth
 * c·t − unseen(t) to those unseen, price at most. So the step is that t which makes known(t) + unseen(t) − c·t least.
 * Where many builds are under way steps are short beside their lives, and the square-root rule is as good and takes less time.
 */
import { at } from './age-grid.js'
import type { Step } from './build-plan.js'
import { crowdedStepS } from './crowded-feed.js'
import type { DurationModel } from './duration-model.js'
import { type FeedOutlook, knownAhead, TIMES_S, unseenAhead } from './feed-ahead.js'
import { lowerEnvelope } from './lower-envelope.js'
import type { Pressure } from './shaped-hazard.js'

/** More builds under way than this make a crowd. */
const CROWD = 5

/** A build that is seen under way takes about so many requests more. */
const REQUESTS_AHEAD = 2

/** Seconds until the list is worth a request; Infinity where nothing is under way or can start unseen. */
export function feedStep(model: DurationModel, outlook: FeedOutlook, market: Pressure): Step {
  const { agesS, unseenPerS, weight } = outlook
  if (agesS.length > CROWD) return { inS: crowdedStepS(model, outlook, market), why: 'square-root' }
  if (agesS.length === 0 && unseenPerS === 0) return { inS: Infinity, why: 'plan' }
  const priceS = market.priceS / weight
  const cost = knownCosts(model, agesS, priceS)
  if (unseenPerS > 0) addUnseenCosts(cost, model, { priceS, unseenPerS })
  return { inS: cheapestS(cost), why: 'plan' }
}

/** By time of the next answer; the price of that one is left out, as it is the same for all. */
function knownCosts(model: DurationModel, agesS: readonly number[], priceS: number): Float64Array {
  const cost = new Float64Array(TIMES_S.length)
  if (agesS.length === 0) return cost
  const { unfinished, left } = knownAhead(model, agesS)
  const { costs } = lowerEnvelope({ grid: TIMES_S, tail: unfinished, survival: left, priceS })
  for (let time = 0; time < cost.length; time += 1)
    cost[time] = agesS.length * at(TIMES_S, time) + at(costs, time)
  return cost
}

function addUnseenCosts(
  cost: Float64Array,
  model: DurationModel,
  { priceS, unseenPerS }: { priceS: number; unseenPerS: number },
): void {
  const { latencyS, underWay } = unseenAhead(model)
  const unseen = new Float64Array(cost.length)
  let leastPerS = Infinity
  for (let time = 1; time < cost.length; time += 1) {
    const here = unseenPerS * (at(latencyS, time) + REQUESTS_AHEAD * priceS * at(underWay, time))
    unseen[time] = here
    leastPerS = Math.min(leastPerS, (priceS + here) / at(TIMES_S, time))
  }
  for (let time = 1; time < cost.length; time += 1)
    cost[time] = at(cost, time) + at(unseen, time) - leastPerS * at(TIMES_S, time)
}

function cheapestS(cost: Float64Array): number {
  let cheapest = 1
  for (let time = 2; time < cost.length; time += 1) if (at(cost, time) < at(cost, cheapest)) cheapest = time
  return at(TIMES_S, cheapest)
}
