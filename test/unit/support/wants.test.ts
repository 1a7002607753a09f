import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { type BuildFilter, wantsBuild } from '../../../src/domain/build-filter.js'
import { lineOf } from '../../../src/domain/line.js'
import { isMeantBy, lineOf as lineOfTruth } from '../../support/history-checker/wants.js'

const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', '-', '.'), maxLength: 6 })
const glob = fc.string({
  unit: fc.constantFrom('a', 'b', '/', '*', '**', '?', '.'),
  minLength: 1,
  maxLength: 5,
})
const globs = fc.array(
  fc.tuple(fc.boolean(), glob).map(([takesAway, text]) => (takesAway ? `!${text}` : text)),
  { maxLength: 4 },
)
const branch = fc.option(letters, { nil: undefined })
const pullRequestId = fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined })

describe('what the checker takes a watch to want', () => {
  it('is what the daemon takes it to want, though neither knows the other', () => {
    const filter: fc.Arbitrary<BuildFilter> = fc.record({
      branches: globs,
      pullRequests: fc.constantFrom('with', 'without', 'only'),
    })
    fc.assert(
      fc.property(filter, branch, pullRequestId, (wanted, name, request) => {
        const truth = { key: 'shop/jobs/nightly/b-1', branch: name, pullRequestId: request }
        const watch = { resource: 'shop/jobs/nightly', ...wanted, minIntervalMs: 1 }
        const build = {
          id: 'b-1',
          ...(name === undefined ? {} : { branch: name }),
          ...(request === undefined ? {} : { pullRequestId: request }),
        }
        expect(isMeantBy(watch, truth)).toBe(wantsBuild(wanted, build))
        expect(lineOfTruth(truth)).toBe(lineOf(build))
      }),
      { numRuns: 2000 },
    )
  })

  it('is nothing of another job, and of a watch that names a build that build alone', () => {
    const watch = {
      resource: 'shop/jobs/nightly',
      branches: [],
      pullRequests: 'with' as const,
      minIntervalMs: 1,
    }
    expect(isMeantBy(watch, { key: 'shop/jobs/nightly/b-1' })).toBe(true)
    expect(isMeantBy(watch, { key: 'shop/jobs/nightly-2/b-1' })).toBe(false)
    const named = { ...watch, build: 'shop/jobs/nightly/b-1', branches: ['other'] }
    expect(isMeantBy(named, { key: 'shop/jobs/nightly/b-1', branch: 'main' })).toBe(true)
    expect(isMeantBy(named, { key: 'shop/jobs/nightly/b-2', branch: 'main' })).toBe(false)
  })
})
