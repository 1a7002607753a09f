import { describe, expect, it } from '@jest/globals'
import { fitsChoice, newestOf } from '../../../src/core/choose-build.js'

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

  it('is the one that was created last, and without times the first', () => {
    const old = { build, createdAt: 1 }
    const young = { build, createdAt: 2 }
    expect(newestOf([old, young, { build }], {})).toBe(young)
    expect(
      newestOf(
        [
          { build, at: 1 },
          { build, at: 2 },
        ],
        {},
      ),
    ).toEqual({ build, at: 1 })
  })
})
