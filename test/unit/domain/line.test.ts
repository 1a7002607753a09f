import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { lineOf, lineWords, resultOf, VERDICTS } from '../../../src/domain/line.js'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'

function line(build: Partial<ApiBuild>): string {
  return lineOf({ id: 'quick-fox-1', ...build })
}

describe('lineOf', () => {
  it('is the branch of a build', () => {
    expect(line({ branch: 'main' })).toBe('branch/main')
  })

  it('is the pull request of a build, whatever its branch', () => {
    expect(line({ branch: 'main', pullRequestId: 17 })).toBe('pr/17')
    expect(line({ pullRequestId: 17 })).toBe('pr/17')
  })

  it('is one for a pull request, whether its id is served as a number or as a word', () => {
    expect(line({ pullRequestId: '17' })).toBe(line({ pullRequestId: 17 }))
  })

  it.each([undefined, null, 0])('is the branch where the id of the pull request is %p', (pullRequestId) => {
    const served = pullRequestId === undefined ? {} : { pullRequestId }
    expect(line({ branch: 'main', ...served })).toBe('branch/main')
    expect(line(served)).toBe('no-branch')
  })

  it.each([
    ['release/2.4', 'branch/release%2F2.4'],
    ['..', 'branch/%2E%2E'],
    ['*', 'branch/%2A'],
    ['a b#c', 'branch/a%20b%23c'],
    ['50%', 'branch/50%25'],
    ['日本', 'branch/%E6%97%A5%E6%9C%AC'],
    ['no-branch', 'branch/no-branch'],
    ['pr/17', 'branch/pr%2F17'],
    ['a\nb', 'branch/a%0Ab'],
  ])('writes the branch %p so that no reader takes it for anything else', (branch, name) => {
    expect(line({ branch })).toBe(name)
  })

  it('refuses half a character, because two lines would get one name', () => {
    expect(() => line({ branch: 'half \ud83d' })).toThrow(expect.objectContaining({ code: 'INTERNAL' }))
  })

  it('gives two lines two names, and each a name that holds one slash at most', () => {
    const word = fc.oneof(
      fc.string({ unit: 'grapheme', minLength: 1 }),
      fc.constantFrom('main', 'no-branch', 'pr', 'pr/1', '1', '%2F', '.', '..', 'branch/main'),
    )
    const origin = fc.oneof(
      fc.record({ branch: word }),
      fc.record({ pullRequestId: fc.oneof(fc.integer({ min: 1 }), word) }),
      fc.constant({}),
    )
    fc.assert(
      fc.property(origin, origin, (one, other) => {
        const same = JSON.stringify(identity(one)) === JSON.stringify(identity(other))
        expect(line(one) === line(other)).toBe(same)
        expect(line(one)).toMatch(/^(branch\/|pr\/)?[\w\-.!~'()%]+$/)
      }),
    )
  })
})

function identity({ branch, pullRequestId }: Partial<ApiBuild>): string[] {
  if (pullRequestId !== undefined) return ['pull request', String(pullRequestId)]
  return branch === undefined ? [] : ['branch', branch]
}

describe('lineWords', () => {
  it.each([
    ['branch/release%2F1', 'release/1'],
    ['pr/17', 'pull request 17'],
    ['no-branch', '(no branch)'],
    ['branch/100%', '100%'],
    ['something-new', 'something-new'],
  ])('names %s as people know it: %s', (line, words) => {
    expect(lineWords(line)).toBe(words)
  })
})

describe('resultOf', () => {
  it('counts every kind of failure as one, and looks through what says nothing', () => {
    expect(OUTCOMES.map((outcome) => [outcome, resultOf(outcome)])).toEqual([
      ['success', 'passed'],
      ['failure', 'failed'],
      ['crashed', 'failed'],
      ['submission_failure', 'failed'],
      ['aborted', undefined],
      ['unknown', undefined],
    ])
  })
})

describe('the verdicts', () => {
  it('are words of their own, none of them an outcome', () => {
    const words = [...VERDICTS, ...OUTCOMES]
    expect(new Set<string>(words).size).toBe(words.length)
  })
})
