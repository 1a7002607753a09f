import type { Budget, Permit, Purpose, RateLimitFacts } from '../../../src/domain/ports.js'
import { START_AT, type TestClock } from './store-fixtures.js'

export interface Scenario {
  readonly limit: number
  readonly windowMs: number
  readonly windows: number
  /** Each asks for a permit, sends, waits for the answer, and asks again after `thinkMs`. */
  readonly contenders: readonly { readonly purpose: Purpose; readonly thinkMs: number }[]
  /** Consumed in turn: how long a request and an answer are under way. */
  readonly latenciesMs: readonly number[]
  readonly rounding: 'floor' | 'ceil'
  /** Requests whose answer is lost, by their number. */
  readonly loses: (request: number) => boolean
}

export interface ServedWindow {
  planned: number
  reserve: number
}

interface Moment {
  readonly at: number
  run(): Promise<void>
}

/**
 * A server with a fixed window that begins at the first request after the last one's end, and contenders who never rest.
 * Time is simulated: the next thing to happen moves the clock.
 */
export async function simulate(
  { budget, clock }: { budget: Budget; clock: TestClock },
  scenario: Scenario,
): Promise<{ windows: ServedWindow[]; refused: number }> {
  const moments: Moment[] = []
  const windows: ServedWindow[] = []
  const endAt = START_AT + scenario.windowMs * scenario.windows
  let windowEndsAt = 0
  let refused = 0
  let requests = 0
  let latency = 0

  const later = (inMs: number, run: () => Promise<void>): void => {
    const moment = { at: clock.now() + inMs, run }
    const place = moments.findIndex(({ at }) => at > moment.at)
    moments.splice(place < 0 ? moments.length : place, 0, moment)
  }
  const latencyMs = (): number => scenario.latenciesMs[latency++ % scenario.latenciesMs.length] ?? 0

  function serve(purpose: Purpose): RateLimitFacts {
    if (clock.now() >= windowEndsAt) {
      windowEndsAt = clock.now() + scenario.windowMs
      windows.push({ planned: 0, reserve: 0 })
    }
    const window = windows.at(-1)!
    const throttled = window.planned + window.reserve >= scenario.limit
    if (throttled) refused += 1
    else window[purpose] += 1
    return {
      limit: scenario.limit,
      remaining: scenario.limit - window.planned - window.reserve,
      resetInMs: Math[scenario.rounding]((windowEndsAt - clock.now()) / 1000) * 1000,
      throttled,
    }
  }

  function contend(contender: Scenario['contenders'][number]): () => Promise<void> {
    return async function ask() {
      const permit: Permit = await budget.take('default', contender.purpose)
      if (permit.kind === 'denied') return later(permit.inMs, ask)
      later(latencyMs(), async () => {
        const facts = serve(contender.purpose)
        const lost = scenario.loses((requests += 1))
        later(latencyMs(), async () => {
          if (!lost) await budget.learn('default', permit.number, facts)
          later(contender.thinkMs, ask)
        })
      })
    }
  }

  // One goes first and learns the limit; that of an account is a thousand until someone has.
  for (const [at, contender] of scenario.contenders.entries()) later(at === 0 ? 0 : 5000, contend(contender))
  for (let next = moments.shift(); next && next.at < endAt; next = moments.shift()) {
    clock.advance(next.at - clock.now())
    await next.run()
  }
  return { windows, refused }
}
