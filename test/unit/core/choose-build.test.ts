import { describe, expect, it } from '@jest/globals'
import { type BuildChoice, fitsChoice, newestOf } from '../../../src/core/choose-build.js'

const build = { id: 'b', branch: 'main', sha: '12c15e7ee25fd78f' }

describe('the build that is meant', () => {
  it('by its branch is none of a pull request, whatever its fork calls the branch', () => {
    expect(fitsChoice({ branch: 'main' }, { build })).toBe(true)
    expect(fitsChoice({ branch: 'main' }, { build: { ...build, pullRequestId: null } })).toBe(true)
    expect(fitsChoice({ branch: 'main' }, { build: { ...build, pullRequestId: 5 } })).toBe(false)
  })

  it('by its pull request may be on any branch, or on the one that is named', () => {
    const ofFork = { build: { ...build, pullRequestId: 5 } }
    expect(fitsChoice({ pullRequest: '5' }, ofFork)).toBe(true)
    expect(fitsChoice({ pullRequest: '5', branch: 'main' }, ofFork)).toBe(true)
    expect(fitsChoice({ pullRequest: '5', branch: 'other' }, ofFork)).toBe(false)
  })

  it('by its commit may be named by the beginning, in any case', () => {
    expect(fitsChoice({ commit: '12C15E7' }, { build })).toBe(true)
    expect(fitsChoice({ commit: '2c15e7e' }, { build })).toBe(false)
  })

  it('since an instant has a time of creation', () => {
    expect(fitsChoice({ sinceAt: 10 }, { build, createdAt: 10 })).toBe(true)
    expect(fitsChoice({ sinceAt: 10 }, { build, createdAt: 9 })).toBe(false)
    expect(fitsChoice({ sinceAt: 10 }, { build })).toBe(false)
  })
})

const chosen = (seen: readonly (readonly [string, number?])[], choice: BuildChoice = {}) =>
  newestOf(
    seen.map(([id, createdAt]) => ({ build: { id }, ...(createdAt === undefined ? {} : { createdAt }) })),
    choice,
  )?.build.id

describe('the newest build', () => {
  it.each<[string, readonly (readonly [string, number?])[], string | undefined]>([
    [
      'is the one that was created last, wherever it stands',
      [
        ['a', 1],
        ['b', 3],
        ['c', 2],
      ],
      'b',
    ],
    [
      'is the first of those created at once',
      [
        ['a', 1],
        ['b', 3],
        ['c', 3],
      ],
      'b',
    ],
    ['is the first where there are no times', [['a'], ['b']], 'a'],
    ['is one without a time that stands before all others', [['a'], ['b', 3], ['c', 2]], 'a'],
    ['is not one without a time that stands behind it', [['a', 3], ['b'], ['c', 2]], 'a'],
    ['is none where there are none', [], undefined],
  ])('%s', (_name, seen, id) => {
    expect(chosen(seen)).toBe(id)
  })

  it('since an instant has a time', () => {
    expect(chosen([['a'], ['b', 3]], { sinceAt: 2 })).toBe('b')
  })
})
