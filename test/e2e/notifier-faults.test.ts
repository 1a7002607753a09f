/** One daemon, one receiver for each thing that an endpoint can do wrong; two builds end, the second while all of it goes on. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { keyOf, planBuild } from '../support/build-plans.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import type { LedgerRow } from '../support/history-checker/history.js'
import { type HookAttempt, type Reaction, refusedWith, TAKEN } from '../support/hook-receiver.js'
import { cut, hang } from '../support/notifier-contract-receiver.js'
import { openWorld, type World } from '../support/world.js'
import { HOOK_SECRET } from '../support/world-files.js'

const FIRST = planBuild('first', { steps: [{ status: 'BUILDING', forMs: 500 }] })
const SECOND = planBuild('second', { steps: [{ status: 'BUILDING', forMs: 1800 }] })
const RETRY_SCHEDULE = ['300ms', '500ms', '700ms']
const ATTEMPTS = RETRY_SCHEDULE.length + 1
const JITTER = 0.2

/** What each receiver does with the nth attempt of a delivery. */
const RECEIVERS: Readonly<Record<string, (nth: number) => Reaction>> = {
  good: () => TAKEN,
  elsewhere: () => TAKEN,
  hanging: () => ({ accepted: false, answer: hang }),
  failing: () => refusedWith(503),
  flaky: (nth) => (nth <= 2 ? refusedWith(500) : TAKEN),
  gone: () => refusedWith(410),
  busy: (nth) => (nth === 1 ? refusedWith(429, { 'retry-after': '2' }) : TAKEN),
  forgetful: (nth) => (nth === 1 ? { accepted: true, answer: cut } : TAKEN),
}

describe('a notifier whose endpoint', () => {
  let world: World
  let rows: ReadonlyMap<string, LedgerRow>

  beforeAll(async () => {
    const hooks = [...Object.keys(RECEIVERS), 'redirecting']
    const told = hooks.filter((hook) => hook !== 'elsewhere')
    world = await openWorld({
      plans: [FIRST, SECOND],
      hooks,
      hookTimeout: '700ms',
      retrySchedule: RETRY_SCHEDULE,
      routes: () => told,
    })
    for (const [name, reaction] of Object.entries(RECEIVERS))
      world.hook(name).react(({ nth }) => reaction(nth))
    world.hook('redirecting').react(() => refusedWith(307, { location: world.hook('elsewhere').url }))
    world.start()
    await world.settled(25_000)
    rows = new Map((await world.history()).ledger.map((row) => [row.id, row]))
  }, 40_000)

  afterAll(() => world.close())

  const attempts = (hook: string, plan = FIRST): HookAttempt[] =>
    world.hook(hook).attempts.filter(({ eventId }) => eventId === `${keyOf(plan)}#concluded`)
  const row = (hook: string, plan = FIRST): LedgerRow | undefined =>
    rows.get(`${keyOf(plan)}#concluded->${hook}`)

  it('answers 5xx twice gets the same body under the same key until it takes it', () => {
    const made = attempts('flaky')
    expect(made).toHaveLength(3)
    expect(new Set(made.map(({ key, body }) => `${key} ${body}`)).size).toBe(1)
    expect(row('flaky')).toMatchObject({ state: 'accepted' })
  })

  it.each(['hanging', 'failing', 'redirecting'])(
    'is %s for good gets every attempt of the schedule, then the dead letter',
    (hook) => {
      expect(attempts(hook)).toHaveLength(ATTEMPTS)
      expect(row(hook)).toMatchObject({ state: 'dead_lettered', reason: 'exhausted' })
    },
  )

  it('waits between attempts as the schedule says', () => {
    const at = attempts('failing').map(({ startedAt }) => startedAt)
    const pauses = at.slice(1).map((time, index) => time - (at[index] ?? 0))
    const least = [300, 500, 700].map((ms) => ms * (1 - JITTER))
    expect(pauses.every((pause, index) => pause >= (least[index] ?? 0))).toBe(true)
  })

  it('redirects is not followed', () => {
    expect(world.hook('elsewhere').attempts).toEqual([])
  })

  it('says 410 is asked once, and its later deliveries go straight to the dead letter', () => {
    expect(attempts('gone')).toHaveLength(1)
    expect(row('gone')).toMatchObject({ state: 'dead_lettered', reason: 'gone' })
    expect(attempts('gone', SECOND)).toEqual([])
    expect(row('gone', SECOND)).toMatchObject({ state: 'dead_lettered', reason: 'suspended' })
  })

  it('asks for time with Retry-After gets it', () => {
    const [first, second] = attempts('busy')
    expect((second?.startedAt ?? 0) - (first?.startedAt ?? 0)).toBeGreaterThanOrEqual(2000)
    expect(row('busy')).toMatchObject({ state: 'accepted' })
  })

  it('takes a delivery and is cut off before it can say so gets it again under the same key', () => {
    const made = attempts('forgetful')
    expect(made).toHaveLength(2)
    expect(new Set(made.map(({ key }) => key)).size).toBe(1)
    expect(row('forgetful')).toMatchObject({ state: 'accepted' })
  })

  it('is well is told at once, whatever the others do', async () => {
    const concluded = world.api.answers().find(({ build, concluded }) => build === keyOf(SECOND) && concluded)
    const [told] = attempts('good', SECOND)
    expect((told?.startedAt ?? Infinity) - (concluded?.endedAt ?? 0)).toBeLessThan(1000)
    expect(attempts('good', SECOND)).toHaveLength(1)
  })

  it('checks the signature finds it right', () => {
    for (const { body, headers } of attempts('good')) {
      const read = (name: string): string => String(headers[name])
      const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature']
      const signed = Object.fromEntries(names.map((name) => [name, read(name)]))
      expect(new Webhook(HOOK_SECRET).verify(body, signed)).toMatchObject({ subject: keyOf(FIRST) })
    }
  })

  it('does wrong in any of these ways leaves each delivery ended exactly once', async () => {
    const history = await world.history()
    const cuts = world
      .hook('forgetful')
      .attempts.map(({ startedAt }) => ({ kind: 'answer_cut' as const, from: startedAt, until: startedAt }))
    expect(checkHistory({ ...history, faults: cuts }).map(formatFinding)).toEqual([])
  })
})
