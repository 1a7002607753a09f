/** The published schema is a promise to readers in other languages: whatever is served, our events keep it. */
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { BuildRef } from '../../../src/domain/build.js'
import { transitionEvent } from '../../../src/domain/event.js'
import { normaliseConcludedAt, normaliseCreatedAt } from '../../../src/domain/instant.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import { schemaErrors } from '../store/event-validator.js'
import { OBSERVED_AT, recordedBy, transitionOf } from './fixtures.js'

const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('concluded', '#concluded', 'a#b', '..', '*', 'BUILDING', 'SUCCESS', '2026-01-05T11:00:00Z'),
)
const ref: fc.Arbitrary<BuildRef> = fc
  .record({
    team: fc.option(word),
    project: word,
    kind: fc.constantFrom('jobs' as const, 'services' as const),
    resource: word,
    build: word,
  })
  .map(({ team, ...rest }) => (team === null ? rest : { team, ...rest }))

/** All that the wire parser may let through, beside the id. */
const fields: fc.Arbitrary<Omit<ApiBuild, 'id'>> = fc.record(
  {
    branch: word,
    sha: word,
    status: word,
    concluded: fc.boolean(),
    success: fc.boolean(),
    message: fc.option(fc.string({ unit: 'binary' })),
    pullRequestId: fc.option(fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), word)),
    createdAt: word,
    buildConcludedAt: fc.oneof(
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.integer({ min: 1.5e9, max: 1.8e9 }),
    ),
    registry: fc.record({ uri: word }),
  },
  { requiredKeys: ['status'] },
)

function snapshotOf(ref: BuildRef, served: Omit<ApiBuild, 'id'>): Snapshot {
  const createdAt = normaliseCreatedAt(served.createdAt)
  const concludedAt = normaliseConcludedAt(served.buildConcludedAt, OBSERVED_AT)
  return {
    ref,
    build: { id: ref.build, ...served },
    observedAt: OBSERVED_AT,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(concludedAt === undefined ? {} : { concludedAt }),
  }
}

it('accepts every event that a build can make', () => {
  fc.assert(
    fc.property(ref, fields, fc.array(word, { maxLength: 4 }), (ref, served, earlier) => {
      const snapshot = snapshotOf(ref, served)
      const before = recordedBy(...earlier.filter((status, at) => status !== earlier[at - 1]))
      fc.pre(before.status !== served.status || served.concluded === true)
      const event = transitionEvent('default', snapshot, transitionOf(before, snapshot))
      expect(schemaErrors(JSON.parse(JSON.stringify(event)))).toEqual([])
    }),
  )
})
