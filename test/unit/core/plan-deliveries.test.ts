import { describe, expect, it } from '@jest/globals'
import { type Circumstances, judgeRoutes, planDeliveries } from '../../../src/core/plan-deliveries.js'
import { deliveryId } from '../../../src/domain/delivery.js'
import type { QuietHours, Route } from '../../../src/domain/route.js'
import type { Silence } from '../../../src/domain/silence.js'
import { createMemoryQuietClock, MEMORY_START_AT } from '../../support/memory-ports.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'

const BROKE = sampleEvent({
  outcome: 'failure',
  verdict: 'broke',
  consecutive: 1,
  since: '2026-03-04T10:00:00.000Z',
})
const NIGHT: QuietHours = { cron: '* 22-6 * * *', timezone: 'Europe/Berlin', instead: 'later', except: [] }
const MORNING_AT = MEMORY_START_AT + 3_600_000
const SILENCE: Silence = {
  id: 'tobaki',
  scope: { notifier: 'ops' },
  reason: 'x',
  createdAt: MEMORY_START_AT,
  endsAt: MORNING_AT,
}

/** It is night. */
function circumstances(silences: readonly Silence[] = []): Circumstances {
  return { silences, now: MEMORY_START_AT, quietClock: createMemoryQuietClock({ [NIGHT.cron]: MORNING_AT }) }
}

function plan(routes: readonly Route[], silences: readonly Silence[] = [], event = BROKE) {
  return planDeliveries({ event, routes }, circumstances(silences)).map(
    ({ notifier, template, once, notBefore, suppressed }) => ({
      notifier,
      template,
      once,
      notBefore,
      suppressed,
    }),
  )
}

describe('the deliveries of an event', () => {
  it('are one for each notifier, in the order of the routes that match', () => {
    const routes: Route[] = [
      { to: 'log', on: ['started'] },
      { to: 'ops', on: ['failure'] },
      { to: 'hook', on: ['concluded'] },
      { to: 'ops', on: ['transitioned'] },
      { to: 'log', on: ['concluded'] },
    ]
    expect(plan(routes)).toEqual([{ notifier: 'ops' }, { notifier: 'hook' }, { notifier: 'log' }])
    expect(plan([])).toEqual([])
  })

  it('have the id and the lane that the event gives them', () => {
    expect(planDeliveries({ event: BROKE, routes: [{ to: 'ops', on: ['broke'] }] }, circumstances())).toEqual(
      [
        {
          id: deliveryId(BROKE.id, 'ops'),
          notifier: 'ops',
          event: BROKE,
          lane: 'teams/acme/shop/jobs/nightly|branch/release%2F2.4',
        },
      ],
    )
  })

  it('are made as the first route that matches says', () => {
    const routes: Route[] = [
      { to: 'ops', on: ['broke'], after: 2, template: 'not yet' },
      { to: 'ops', on: ['broke'], branches: ['main'], template: 'elsewhere' },
      { to: 'ops', on: ['concluded'], template: 'this', oncePer: 'build' },
      { to: 'ops', on: ['concluded'], template: 'too late', quietHours: NIGHT },
    ]
    expect(plan(routes)).toEqual([{ notifier: 'ops', template: 'this', once: `build:${BROKE.subject}` }])
    expect(
      judgeRoutes({ event: BROKE, routes }, circumstances()).map(({ verdict, plan: made }) => [
        verdict.kind,
        made !== undefined,
      ]),
    ).toEqual([
      ['not_yet', false],
      ['other_branch', false],
      ['matches', true],
      ['matches', false],
    ])
  })
})

describe('in quiet hours', () => {
  it('tells at once what is to be quiet in a time zone that is not known here', () => {
    const quietClock = {
      closesInMs() {
        throw new RangeError('Invalid time zone specified: Mars/Olympus')
      },
    }
    const routes: Route[] = [{ to: 'ops', on: ['broke'], quietHours: NIGHT }]
    const planned = planDeliveries(
      { event: BROKE, routes },
      { silences: [], now: MEMORY_START_AT, quietClock },
    )
    expect(planned).toMatchObject([{ notifier: 'ops' }])
    expect(planned[0]).not.toHaveProperty('notBefore')
  })

  it('a delivery waits for their end, or is dropped', () => {
    const routes: Route[] = [
      { to: 'ops', on: ['broke'], quietHours: NIGHT },
      { to: 'hook', on: ['broke'], quietHours: { ...NIGHT, instead: 'drop' } },
      { to: 'day', on: ['broke'], quietHours: { ...NIGHT, cron: '* 12 * * *' } },
      { to: 'log', on: ['broke'] },
    ]
    expect(plan(routes)).toEqual([
      { notifier: 'ops', notBefore: MORNING_AT },
      { notifier: 'hook', suppressed: 'quiet_hours' },
      { notifier: 'day' },
      { notifier: 'log' },
    ])
  })

  it('what is excepted is told at once, by any of the words that mean it', () => {
    const quiet = (except: QuietHours['except'], more: Partial<Route> = {}): Route[] => [
      { to: 'ops', on: ['failure'], quietHours: { ...NIGHT, except }, ...more },
    ]
    expect(plan(quiet(['broke', 'stuck']))).toEqual([{ notifier: 'ops' }])
    expect(plan(quiet(['fixed']))).toEqual([{ notifier: 'ops', notBefore: MORNING_AT }])
    const second = sampleEvent({ outcome: 'failure', verdict: 'still_failing', consecutive: 2 })
    expect(plan(quiet(['broke'], { on: ['broke'], after: 2 }), [], second)).toEqual([{ notifier: 'ops' }])
    expect(plan(quiet(['broke']), [], second)).toEqual([{ notifier: 'ops', notBefore: MORNING_AT }])
  })
})

describe('a silence', () => {
  it('comes before quiet hours, and leaves other notifiers alone', () => {
    const routes: Route[] = [
      { to: 'ops', on: ['broke'], quietHours: NIGHT, oncePer: 'line' },
      { to: 'log', on: ['broke'] },
    ]
    expect(plan(routes, [SILENCE])).toEqual([
      { notifier: 'ops', suppressed: 'silence', once: expect.stringMatching(/^line:/) },
      { notifier: 'log' },
    ])
    expect(judgeRoutes({ event: BROKE, routes }, circumstances([SILENCE]))[0]?.plan?.silence).toBe(SILENCE)
  })
})
