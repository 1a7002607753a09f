import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { OUTCOMES, type Outcome, outcomeOf } from '../../../src/domain/outcome.js'

type Row = readonly [status: string | undefined, yes: Outcome, no: Outcome, absent: Outcome]

/** Every documented status (and none, and a new one) by what `success` says: true, false, nothing. */
const TABLE: readonly Row[] = [
  ['QUEUED', 'success', 'failure', 'unknown'],
  ['PENDING', 'success', 'failure', 'unknown'],
  ['UNSCHEDULABLE', 'success', 'failure', 'unknown'],
  ['STARTING', 'success', 'failure', 'unknown'],
  ['CLONING', 'success', 'failure', 'unknown'],
  ['BUILDING', 'success', 'failure', 'unknown'],
  ['UPLOADING', 'success', 'failure', 'unknown'],
  ['IN_PROGRESS', 'success', 'failure', 'unknown'],
  ['SUCCESS', 'success', 'unknown', 'success'],
  ['FAILURE', 'unknown', 'failure', 'failure'],
  ['SUBMISSION_FAILURE', 'submission_failure', 'submission_failure', 'submission_failure'],
  ['CRASHED', 'crashed', 'crashed', 'crashed'],
  ['ABORTED', 'aborted', 'aborted', 'aborted'],
  ['SOME_NEW_WORD', 'success', 'failure', 'unknown'],
  [undefined, 'success', 'failure', 'unknown'],
]

describe('outcomeOf', () => {
  it.each(TABLE)('reads %p: %s with success, %s without, %s when nothing is said', (status, ...expected) => {
    expect([outcomeOf(status, true), outcomeOf(status, false), outcomeOf(status, undefined)]).toEqual(
      expected,
    )
  })

  it.each(['success', 'Aborted', 'crashed ', '', '__proto__', 'constructor', 'toString'])(
    'takes %p for no terminal word',
    (status) => {
      expect([true, false, undefined].map((success) => outcomeOf(status, success))).toEqual([
        'success',
        'failure',
        'unknown',
      ])
    },
  )

  it('gives one of the public outcomes, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.option(fc.string(), { nil: undefined }),
        fc.option(fc.boolean(), { nil: undefined }),
        (status, success) => {
          expect(OUTCOMES).toContain(outcomeOf(status, success))
        },
      ),
    )
  })
})
