import { describe, expect, it } from '@jest/globals'
import { createRandom } from '../../../src/domain/seeded-random.js'
import { type Silence, type SilenceScope, silenceId, silenceOf } from '../../../src/domain/silence.js'
import {
  sampleDigest,
  sampleEvent,
  sampleStuck,
  sampleTrouble,
} from '../../support/notifier-contract-events.js'

const NOW = Date.UTC(2026, 2, 4, 10)

function silence(scope: SilenceScope, endsAt = NOW + 1): Silence {
  return { id: 'tobaki', scope, reason: 'maintenance', createdAt: NOW - 1000, endsAt }
}

const EVENTS = {
  build: sampleEvent({ outcome: 'failure' }),
  stuck: sampleStuck({}, { branch: 'main' }),
  target: sampleTrouble(),
  account: sampleTrouble({ scope: 'account', trouble: 'throttled' }),
  digest: sampleDigest(),
}

/** Which of the events a silence of this scope holds back from `ops`. */
function heldBack(scope: SilenceScope): string[] {
  return Object.entries(EVENTS).flatMap(([name, event]) =>
    silenceOf({ event, notifier: 'ops' }, [silence(scope)], NOW) ? [name] : [],
  )
}

describe('a silence', () => {
  it.each<[string, SilenceScope, string[]]>([
    ['of everything', {}, Object.keys(EVENTS)],
    ['of an account', { account: 'default' }, ['build', 'stuck', 'target', 'account']],
    ['of a project', { project: 'shop' }, ['build', 'stuck', 'target']],
    ['of a job', { job: 'nightly' }, ['build', 'stuck', 'target']],
    ['of a service of the same name', { service: 'nightly' }, []],
    ['of a branch', { branch: 'main' }, ['stuck']],
    ['of branches by a pattern', { branch: 'release/*' }, ['build']],
    ['of a notifier', { notifier: 'ops' }, Object.keys(EVENTS)],
    ['of another notifier', { notifier: 'hook' }, []],
    ['of all that is said together', { job: 'nightly', branch: 'main', notifier: 'ops' }, ['stuck']],
    ['of which one part does not hold', { job: 'nightly', project: 'bank' }, []],
  ])('%s holds back what it covers', (_, scope, held) => {
    expect(heldBack(scope)).toEqual(held)
  })

  it('ends at its end', () => {
    const told = { event: EVENTS.build, notifier: 'ops' }
    expect(silenceOf(told, [silence({}, NOW)], NOW)).toBeUndefined()
    expect(silenceOf(told, [silence({}, NOW), silence({}, NOW + 1)], NOW)).toEqual(silence({}, NOW + 1))
  })
})

it('the id of a silence can be read out', () => {
  const random = createRandom(1, 'ids')
  for (let at = 0; at < 100; at++) expect(silenceId(random)).toMatch(/^([b-df-hj-np-tvz][aeiou]){3}$/)
})
