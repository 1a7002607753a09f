import { describe, expect, it } from '@jest/globals'
import type { Explanation } from '../../../src/app/explain.js'
import { explainTables } from '../../../src/cli/explain-tables.js'
import type { BuildEvent } from '../../../src/domain/event.js'
import { isoInstant } from '../../../src/domain/instant.js'
import { eventOf, KEY, OBSERVED_AT } from '../domain/fixtures.js'

const SECOND = 1000

function seenAt(event: BuildEvent, seconds: number, facts: Partial<BuildEvent['data']> = {}): BuildEvent {
  return {
    ...event,
    data: { ...event.data, ...facts, observedAt: isoInstant(OBSERVED_AT + seconds * SECOND) },
  }
}

const BUILDING = seenAt(eventOf({ status: 'BUILDING', concluded: false }), 1)
const ENDED = seenAt(eventOf({ status: 'FAILURE', concluded: true }), 62, {
  seq: 2,
  from: 'BUILDING',
  detectedAfterMs: 4200,
  verdict: 'broke',
})

const PROBE = { requests: 1, saw: { kind: 'seen', builds: 3, active: 1 } } as const

const NOTHING: Explanation = {
  build: KEY,
  isHistory: false,
  transitions: [],
  probes: [],
  events: [],
  deliveries: [],
}
const NOW = OBSERVED_AT + 90 * SECOND

function told(facts: Partial<Explanation>, all = false): string[] {
  return explainTables({ ...NOTHING, ...facts }, { now: NOW, all }).split('\n')
}

describe('the tables of explain', () => {
  it('say how it ended, how late that was seen, and what each request was for', () => {
    const probes: Explanation['probes'] = [
      { ...PROBE, at: OBSERVED_AT, why: 'first', told: { to: 'BUILDING' } },
      {
        ...PROBE,
        at: OBSERVED_AT + 30 * SECOND,
        why: 'governor',
        saw: { kind: 'failed', code: 'API_TIMED_OUT' },
      },
      { ...PROBE, at: OBSERVED_AT + 32 * SECOND, why: 'retry', requests: 2 },
      { ...PROBE, at: OBSERVED_AT + 61 * SECOND, why: 'plan', told: { to: 'FAILURE', outcome: 'failure' } },
    ]
    expect(told({ transitions: [BUILDING, ENDED], probes })).toEqual([
      'shop/jobs/nightly/quick-fox-1: failure, seen 4 s after its end',
      'while it ran 4 probes, 5 requests; times without a date are of 2026-01-05',
      '',
      'TRANSITIONS',
      '  SEQ  SEEN       FROM      TO        OUTCOME  VERDICT',
      '  1    12:00:01Z            BUILDING',
      '  2    12:01:02Z  BUILDING  FAILURE   failure  broke',
      '',
      'PROBES',
      '  AT         AFTER  WHY THEN                        REQUESTS  SAW',
      '  12:00:00Z         nothing was known yet           1         BUILDING',
      '  12:00:30Z  30 s   put off by the budget           1         API_TIMED_OUT',
      '  12:00:32Z  2 s    the probe before it had failed  2         no change',
      '  12:01:01Z  29 s   the plan                        1         failure',
      '',
      'ROUTES: nothing was told',
      '',
      'DELIVERIES: none',
      '',
    ])
  })

  it('say of a build that runs what it is, and of a probe that it had no leave', () => {
    const probes: Explanation['probes'] = [
      { ...PROBE, at: OBSERVED_AT, why: 'idle', saw: { kind: 'postponed' } },
    ]
    const lines = told({ transitions: [BUILDING], probes })
    expect(lines.slice(0, 2)).toEqual([
      'shop/jobs/nightly/quick-fox-1 is BUILDING',
      'while it ran 1 probe, 1 request; times without a date are of 2026-01-05',
    ])
    expect(lines.join('\n')).toContain('nothing: no budget')
  })

  it('say of history that nobody was told, and of a build without notes that none is left', () => {
    expect(told({ isHistory: true })[0]).toBe(
      'shop/jobs/nightly/quick-fox-1 had ended before anyone watched it: it is on record, and was told to nobody',
    )
    expect(told({ transitions: [BUILDING] })).toContain('PROBES: no note is left of any')
  })
  it('fold many probes between the first five and the last fifteen, unless all are wanted', () => {
    const probes: Explanation['probes'] = Array.from({ length: 40 }, (_, at) => ({
      ...PROBE,
      at: OBSERVED_AT + at * SECOND,
      why: 'plan',
    }))
    const rowsOf = (lines: string[]) => lines.filter((line) => / the plan /.test(line))
    const lines = told({ transitions: [BUILDING], probes })
    expect(lines[lines.indexOf('  … 20 more, shown with --all') - 1]).toContain('12:00:04Z')
    expect(lines[lines.indexOf('  … 20 more, shown with --all') + 1]).toContain('12:00:25Z')
    expect(rowsOf(lines)).toHaveLength(20)
    expect(rowsOf(told({ transitions: [BUILDING], probes }, true))).toHaveLength(40)
    expect(rowsOf(told({ transitions: [BUILDING], probes: probes.slice(0, 21) }))).toHaveLength(21)
  })

  it('give the day of what came on another one', () => {
    const later = seenAt(ENDED, 86_400)
    expect(told({ transitions: [BUILDING, later] }).join('\n')).toContain(
      '  2    2026-01-06 12:00:00Z  BUILDING',
    )
  })

  it('say of a build that was told to be stuck that it was', () => {
    expect(told({ transitions: [BUILDING], stuckAt: NOW })[0]).toBe(`${KEY} is BUILDING, told to be stuck`)
  })
})
