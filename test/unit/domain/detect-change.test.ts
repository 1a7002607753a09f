import { describe, expect, it } from '@jest/globals'
import {
  concludedId,
  detectChange,
  type RecordedBuild,
  transitionId,
  UNRECORDED,
} from '../../../src/domain/transition.js'
import { KEY, recordedAfter, recordedBy, snapshotOf, transitionOf } from './fixtures.js'

describe('a status that was not the last one', () => {
  it('makes the first transition, from nothing', () => {
    expect(transitionOf(UNRECORDED, snapshotOf({ status: 'QUEUED', concluded: false }))).toEqual({
      id: `${KEY}#QUEUED`,
      seq: 1,
      from: null,
      to: 'QUEUED',
      concluded: false,
      visits: { QUEUED: 1 },
    })
  })

  it('makes the next transition, from the recorded one', () => {
    expect(transitionOf(recordedBy('QUEUED'), snapshotOf({ status: 'BUILDING' }))).toMatchObject({
      id: `${KEY}#BUILDING`,
      seq: 2,
      from: 'QUEUED',
      to: 'BUILDING',
      visits: { QUEUED: 1, BUILDING: 1 },
    })
  })

  it('is recorded verbatim when it goes backwards, and numbered when it has been there before', () => {
    const again = transitionOf(recordedBy('PENDING', 'BUILDING'), snapshotOf({ status: 'PENDING' }))
    expect(again).toMatchObject({ id: `${KEY}#PENDING.2`, seq: 3, visits: { PENDING: 2, BUILDING: 1 } })
    const oncemore = recordedBy('PENDING', 'BUILDING', 'PENDING', 'BUILDING')
    expect(transitionOf(oncemore, snapshotOf({ status: 'PENDING' })).id).toBe(`${KEY}#PENDING.3`)
  })

  it('ends nothing while the API does not say so, whatever the word', () => {
    expect(transitionOf(UNRECORDED, snapshotOf({ status: 'SUCCESS', success: true }))).toMatchObject({
      id: `${KEY}#SUCCESS`,
      concluded: false,
    })
  })

  it.each(['__proto__', 'constructor', 'hasOwnProperty'])('may be %p', (status) => {
    expect(transitionOf(recordedBy(status, 'BUILDING'), snapshotOf({ status })).id).toBe(`${KEY}#${status}.2`)
  })
})

describe('a conclusion', () => {
  it('that comes with a new status is one transition, the terminal one', () => {
    expect(
      transitionOf(
        recordedBy('BUILDING'),
        snapshotOf({ status: 'FAILURE', concluded: true, success: false }),
      ),
    ).toEqual({
      id: `${KEY}#concluded`,
      seq: 2,
      from: 'BUILDING',
      to: 'FAILURE',
      concluded: true,
      outcome: 'failure',
      line: 'no-branch',
      visits: { BUILDING: 1, FAILURE: 1 },
    })
  })

  it('that comes after its status has been recorded is a transition of its own', () => {
    expect(
      transitionOf(recordedBy('SUCCESS'), snapshotOf({ status: 'SUCCESS', concluded: true, success: true })),
    ).toMatchObject({
      id: `${KEY}#concluded`,
      seq: 2,
      from: 'SUCCESS',
      to: 'SUCCESS',
      outcome: 'success',
      visits: { SUCCESS: 1 },
    })
  })

  it('without a status keeps the recorded one, and is judged by it', () => {
    expect(transitionOf(recordedBy('CRASHED'), snapshotOf({ concluded: true }))).toMatchObject({
      from: 'CRASHED',
      to: 'CRASHED',
      outcome: 'crashed',
    })
  })

  it('of a build that never had a status goes from nothing to nothing', () => {
    expect(transitionOf(UNRECORDED, snapshotOf({ concluded: true, success: true }))).toMatchObject({
      seq: 1,
      from: null,
      to: null,
      outcome: 'success',
      visits: {},
    })
  })

  it('that contradicts itself has an unknown outcome', () => {
    const contradiction = snapshotOf({ status: 'SUCCESS', concluded: true, success: false })
    expect(transitionOf(recordedBy('BUILDING'), contradiction).outcome).toBe('unknown')
  })

  it.each([
    { status: 'BUILDING', concluded: false },
    { status: 'BUILDING' },
    { status: 'FAILURE', concluded: true },
    { status: 'SUCCESS', concluded: true, message: 'edited' },
    {},
  ])('is sticky: %j changes nothing any more', (served) => {
    const end = snapshotOf({ status: 'SUCCESS', concluded: true })
    const recorded = recordedAfter(transitionOf(UNRECORDED, end), end)
    expect(detectChange(recorded, snapshotOf(served))).toEqual({ kind: 'none' })
  })
})

describe('the line of a build that has concluded', () => {
  const END = { status: 'SUCCESS', concluded: true } as const

  it('is its branch', () => {
    expect(transitionOf(UNRECORDED, snapshotOf({ ...END, branch: 'main' })).line).toBe('branch/main')
  })

  it('is the branch that it was last known to have, where the answer leaves it out', () => {
    const recorded = { ...recordedBy('BUILDING'), latest: { id: 'quick-fox-1', branch: 'main' } }
    expect(transitionOf(recorded, snapshotOf(END)).line).toBe('branch/main')
  })

  it('is the branch in the answer, where that is another one', () => {
    const recorded = { ...recordedBy('BUILDING'), latest: { id: 'quick-fox-1', branch: 'old' } }
    expect(transitionOf(recorded, snapshotOf({ ...END, branch: 'new' })).line).toBe('branch/new')
  })

  it('is the pull request that was last known', () => {
    const recorded = { ...recordedBy('BUILDING'), latest: { id: 'quick-fox-1', pullRequestId: 17 } }
    expect(transitionOf(recorded, snapshotOf({ ...END, branch: 'main' })).line).toBe('pr/17')
  })

  it('is no line where the answer says that it is no pull request after all', () => {
    const recorded = { ...recordedBy('BUILDING'), latest: { id: 'quick-fox-1', pullRequestId: 17 } }
    expect(transitionOf(recorded, snapshotOf({ ...END, pullRequestId: null })).line).toBe('no-branch')
  })

  it('is named on the end alone', () => {
    expect(transitionOf(UNRECORDED, snapshotOf({ status: 'BUILDING', branch: 'main' }))).not.toHaveProperty(
      'line',
    )
  })
})

describe('a build that was recorded as history', () => {
  const served = { status: 'FAILURE', concluded: true, branch: 'main' } as const
  const first = transitionOf(UNRECORDED, snapshotOf(served))
  const recorded: RecordedBuild = { ...recordedAfter(first, snapshotOf(served)), seq: 0, history: true }

  it('ends once more for whoever has named it since, as if nobody had recorded it', () => {
    expect(transitionOf(recorded, snapshotOf(served))).toEqual(first)
  })

  it('keeps its line where the answer leaves out the branch', () => {
    const bare = snapshotOf({ status: 'FAILURE', concluded: true })
    expect(transitionOf(recorded, bare).line).toBe('branch/main')
  })

  it('may turn out to go on, and begins then', () => {
    expect(transitionOf(recorded, snapshotOf({ status: 'BUILDING', concluded: false }))).toMatchObject({
      seq: 1,
      from: null,
      to: 'BUILDING',
      visits: { BUILDING: 1 },
    })
  })
})

describe('no transition', () => {
  const recorded: RecordedBuild = {
    ...recordedBy('BUILDING'),
    latest: { id: 'quick-fox-1', status: 'BUILDING', concluded: false, branch: 'main' },
  }

  it('comes of the same build object', () => {
    const same = snapshotOf({ status: 'BUILDING', concluded: false, branch: 'main' })
    expect(detectChange(recorded, same)).toEqual({ kind: 'none' })
  })

  it.each([
    ['another field has changed', { status: 'BUILDING', concluded: false, branch: 'main', sha: '12e5678' }],
    ['a field is gone', { status: 'BUILDING', concluded: false }],
    ['the status is absent', { concluded: false, branch: 'main' }],
    ['nothing but the id is left', {}],
    ['the conclusion is absent', { status: 'BUILDING', branch: 'main' }],
  ])('but other details when %s', (_what, served) => {
    expect(detectChange(recorded, snapshotOf(served))).toEqual({ kind: 'details' })
  })

  it('but details of a build that is seen first without a status', () => {
    expect(detectChange(UNRECORDED, snapshotOf({ branch: 'main' }))).toEqual({ kind: 'details' })
  })
})

describe('the id of a transition', () => {
  it.each([
    ['concluded', '%63oncluded'],
    ['stuck', '%73tuck'],
    ['CONCLUDED', 'CONCLUDED'],
    ['STUCK', 'STUCK'],
    ['BUILDING.2', 'BUILDING%2E2'],
    ['on hold / queued', 'on%20hold%20%2F%20queued'],
    ['a->b#c', 'a-%3Eb%23c'],
  ])('writes the status %p as %s, which no other status and no visit can look like', (status, word) => {
    expect(transitionId(KEY, status, 1)).toBe(`${KEY}#${word}`)
    expect([concludedId(KEY), `${KEY}#stuck`]).not.toContain(transitionId(KEY, status, 1))
  })

  it('is the same when the record was lost and is made again', () => {
    const before = transitionOf(recordedBy('QUEUED', 'CLONING'), snapshotOf({ status: 'BUILDING' }))
    const after = transitionOf(UNRECORDED, snapshotOf({ status: 'BUILDING' }, { observedAt: 1 }))
    expect(after.id).toBe(before.id)
    expect(after.seq).not.toBe(before.seq)
  })
})
