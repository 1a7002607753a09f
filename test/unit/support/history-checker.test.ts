import { describe, expect, it } from '@jest/globals'
import type {
  Attempt,
  Fault,
  History,
  LoggedLine,
  ServedAnswer,
} from '../../support/history-checker/history.js'
import { asTransition, BAD, CLEAN, findings, GOOD, WITHOUT_STEP } from './clean-history.js'

const drop = <T>(list: readonly T[], at: number): T[] => list.toSpliced(at, 1)
const double = <T>(list: readonly T[], at: number): T[] => list.toSpliced(at, 0, ...list.slice(at, at + 1))
const swap = <T>(list: readonly T[], at: number): T[] =>
  list.toSpliced(at, 2, ...list.slice(at, at + 2).toReversed())

/** The first build's second step, and its end. */
const STEP = 1
const END = 2
/** The webhook's refused attempt and the one that was taken; before them stand the console's three. */
const REFUSED = 3
const TAKEN = 4

describe('the history checker', () => {
  it('finds nothing in a clean history', () => {
    expect(findings()).toEqual([])
  })

  it.each<[string, Partial<History>, string]>([
    ['a dropped step', { events: drop(CLEAN.events, STEP) }, 'I2 lost in events'],
    ['a doubled step', { events: double(CLEAN.events, STEP) }, 'I2 duplicated in events'],
    ['a swapped step', { events: swap(CLEAN.events, 0) }, 'I2 reordered in events'],
    ['a dropped end', { events: drop(CLEAN.events, END) }, 'I1 lost in events'],
    ['a doubled end', { events: double(CLEAN.events, END) }, 'I1 duplicated in events'],
    ['a swapped end', { events: swap(CLEAN.events, STEP) }, 'I2 reordered in events'],
  ])('finds %s of the event log', (_, change, finding) => {
    expect(findings(change)).toEqual([finding])
  })

  it.each<[string, Partial<History>, string]>([
    ['a dropped', { transitions: drop(CLEAN.transitions, STEP) }, 'I2 lost in transitions'],
    ['a dropped last', { transitions: drop(CLEAN.transitions, END) }, 'I2 lost in transitions'],
    ['a doubled', { transitions: double(CLEAN.transitions, STEP) }, 'I2 duplicated in transitions'],
    ['a swapped', { transitions: swap(CLEAN.transitions, STEP) }, 'I2 reordered in transitions'],
  ])("finds %s line of a build's own stream", (_, change, finding) => {
    expect(findings(change)).toEqual([finding])
  })

  it.each<[string, Partial<History>, string]>([
    ['a dropped ledger row', { ledger: drop(CLEAN.ledger, 0) }, 'I3 lost in ledger'],
    ['a doubled ledger row', { ledger: double(CLEAN.ledger, 0) }, 'I3 duplicated in ledger'],
    ['a dropped attempt', { attempts: drop(CLEAN.attempts, TAKEN) }, 'I3 lost in attempts'],
    ['a doubled attempt', { attempts: double(CLEAN.attempts, TAKEN) }, 'I5 duplicated in attempts'],
    ['a swapped attempt', { attempts: swap(CLEAN.attempts, REFUSED) }, 'I5 reordered in attempts'],
  ])('finds %s', (_, change, finding) => {
    expect(findings(change)).toEqual([finding])
  })

  it('finds a step that neither log nor stream holds', () => {
    expect(findings(WITHOUT_STEP)).toEqual(['I2 lost in transitions'])
    const killed: Fault = { kind: 'daemon_killed', from: 4500, until: 4500 }
    expect(findings({ ...WITHOUT_STEP, faults: [...CLEAN.faults, killed] })).toEqual([
      'I2 lost in transitions',
    ])
    const servedOnce = CLEAN.answers.filter(({ startedAt }) => startedAt !== 6000)
    expect(findings({ ...WITHOUT_STEP, answers: servedOnce, faults: [...CLEAN.faults, killed] })).toEqual([])
  })

  it('finds a hole in the numbering', () => {
    const renumbered = (line: LoggedLine) =>
      line.build === GOOD && line.seq > 1 ? { ...line, seq: line.seq + 1 } : line
    const events = CLEAN.events.map(renumbered)
    const hashes = new Map([...CLEAN.hashes, [GOOD, { ...CLEAN.hashes.get(GOOD), seq: '4' }]])
    expect(findings({ events, transitions: events.map(asTransition), hashes })).toEqual([
      'I2 lost in transitions',
    ])
  })

  it('finds a recorded status that was never served', () => {
    const answers = CLEAN.answers.map(
      (answer): ServedAnswer => (answer.status === 'QUEUED' ? { ...answer, status: 'PENDING' } : answer),
    )
    expect(findings({ answers })).toEqual(['I2 unexpected in transitions'])
  })

  it('finds statuses that were recorded in another order than they were served', () => {
    const answers = [...CLEAN.answers.slice(2, 4), ...CLEAN.answers.slice(0, 2), ...CLEAN.answers.slice(4)]
    expect(findings({ answers })).toEqual(['I2 reordered in transitions'])
  })

  it('finds an end of a build that has none, and a wrong end', () => {
    const [first, ...others] = CLEAN.builds
    const { key = '', branch = '', createdAt = 0, concludedAt = 0 } = first ?? {}
    const running = [{ key, branch, createdAt }, ...others]
    expect(findings({ builds: running })).toEqual(['I1 unexpected in events'])
    const failed = [{ key, branch, createdAt, concludedAt, outcome: 'failure' }, ...others]
    expect(findings({ builds: failed })).toEqual(['I1 mismatch in events'])
  })

  it('finds a delivery that never ended and one that nothing asks for', () => {
    const [row, ...others] = CLEAN.ledger
    const id = row?.id ?? ''
    expect(findings({ ledger: [{ id, state: 'pending' }, ...others] })).toEqual(['I3 lost in ledger'])
    const stray = { id: `${GOOD}#QUEUED->hook`, state: 'accepted' }
    expect(findings({ ledger: [...CLEAN.ledger, stray] })).toEqual(['I3 unexpected in ledger'])
  })

  it('finds a foreign key and a changed body', () => {
    const change = (with_: Partial<Attempt>) =>
      CLEAN.attempts.map((attempt, at) => (at === TAKEN ? { ...attempt, ...with_ } : attempt))
    expect(findings({ attempts: change({ key: 'random' }) })).toEqual(['I4 mismatch in attempts'])
    expect(findings({ attempts: change({ body: 'other' }) })).toEqual(['I4 mismatch in attempts'])
  })

  it('lets one crash excuse one repeat of the delivery that it struck in hand', () => {
    const at = CLEAN.attempts[TAKEN]?.startedAt ?? 0
    const once = double(CLEAN.attempts, TAKEN)
    const crash: Fault = { kind: 'daemon_killed', from: at + 100, until: at + 100 }
    const late = once.map((attempt, index) =>
      index > TAKEN ? { ...attempt, startedAt: at + 5000 } : attempt,
    )
    expect(findings({ attempts: late, faults: [...CLEAN.faults, crash] })).toEqual([])
    const twice = late.toSpliced(TAKEN + 2, 0, ...late.slice(TAKEN + 1, TAKEN + 2))
    expect(findings({ attempts: twice, faults: [...CLEAN.faults, crash] })).toEqual([
      'I5 duplicated in attempts',
    ])
  })

  it('finds a hash that lags behind the last transition', () => {
    const hashes = new Map([...CLEAN.hashes, [BAD, { ...CLEAN.hashes.get(BAD), seq: '2' }]])
    expect(findings({ hashes })).toEqual(['I6 mismatch in hashes'])
  })
})
