import { describe, expect, it } from '@jest/globals'
import { transitionEvent } from '../../../src/domain/event.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { detectChange, UNRECORDED } from '../../../src/domain/transition.js'
import { schemaErrors } from './event-validator.js'

function eventOf(build: Partial<ApiBuild>) {
  const snapshot = {
    ref: { team: 'acme', project: 'shop', kind: 'services' as const, resource: 'api', build: 'b-1' },
    build: { id: 'b-1', ...build },
    observedAt: Date.UTC(2026, 0, 5),
  }
  const change = detectChange(UNRECORDED, snapshot)
  if (change.kind !== 'transition') throw new Error('no transition')
  return transitionEvent('default', snapshot, change.transition)
}

const STARTED = eventOf({ status: 'BUILDING' })
const ENDED = eventOf({ status: 'SUCCESS', concluded: true, success: true })

describe('the schema of events', () => {
  it.each([
    ['a transition', STARTED],
    ['a conclusion', ENDED],
    ['a conclusion without a status', eventOf({ concluded: true })],
    ['a member that is new', { ...STARTED, data: { ...STARTED.data, verdict: 'broke' } }],
    [
      'a field that Northflank has added',
      { ...STARTED, data: { ...STARTED.data, build: { id: 'b-1', status: 'X', region: 'eu' } } },
    ],
  ])('accepts %s', (_, event) => {
    expect(schemaErrors(event)).toEqual([])
  })

  it.each([
    ['no id', { ...STARTED, id: undefined }],
    ['another version of CloudEvents', { ...STARTED, specversion: '0.3' }],
    ['an unknown type', { ...STARTED, type: 'build.done' }],
    ['an id that does not end as its type says', { ...STARTED, id: `${STARTED.subject}#concluded` }],
    ['a conclusion without an outcome', { ...ENDED, data: { ...ENDED.data, outcome: undefined } }],
    ['an outcome before the end', { ...STARTED, data: { ...STARTED.data, outcome: 'success' } }],
    ['a time that is no instant', { ...STARTED, time: 'yesterday' }],
    ['a seq of 0', { ...STARTED, data: { ...STARTED.data, seq: 0 } }],
    ['a build without an id', { ...STARTED, data: { ...STARTED.data, build: {} } }],
  ])('refuses %s', (_, event) => {
    expect(schemaErrors(JSON.parse(JSON.stringify(event)))).not.toEqual([])
  })
})
