import { describe, expect, it } from '@jest/globals'
import {
  type BuildFilter,
  EVERY_BUILD,
  isPullRequest,
  matchesGlob,
  wantsBuild,
} from '../../../src/domain/build-filter.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'

const ANY = { id: 'quick-fox-1' }

function wanted(branches: string[], branch: string | undefined): boolean {
  return wantsBuild({ branches, pullRequests: 'with' }, branch === undefined ? ANY : { ...ANY, branch })
}

describe('a glob', () => {
  it.each([
    ['main', 'main'],
    ['release/*', 'release/2.4'],
    ['release/*', 'release/'],
    ['*', 'main'],
    ['*', ''],
    ['*/fix', 'ann/fix'],
    ['release/*/*', 'release/2/4'],
    ['**', 'a/b/c'],
    ['**', ''],
    ['feature/**', 'feature/a/b'],
    ['**/fix', 'a/b/fix'],
    ['a**z', 'a/b/z'],
    ['a**z', 'az'],
    ['v?', 'v1'],
    ['v?.?', 'v1.2'],
    ['***', 'a/b'],
    ['', ''],
    ['a*b*c', 'axxbxxc'],
    ['*a*', 'banana'],
  ])('%p is matched by %p', (glob, text) => {
    expect(matchesGlob(glob, text)).toBe(true)
  })

  it.each([
    ['main', 'Main'],
    ['main', 'mainline'],
    ['main', 'a-main'],
    ['release/*', 'release/2/4'],
    ['release/*', 'release'],
    ['*', 'a/b'],
    ['*/fix', 'a/b/fix'],
    ['**/fix', 'fix'],
    ['feature/**', 'feature'],
    ['v?', 'v'],
    ['v?', 'v10'],
    ['v?', 'v/'],
    ['', 'main'],
    ['a*b*c', 'axxcxxb'],
  ])('%p is not matched by %p', (glob, text) => {
    expect(matchesGlob(glob, text)).toBe(false)
  })

  it.each(['.', '+', '(x|y)', '[ab]', '{a,b}', '\\', '$', '^', 'a.b', '%2F', '\u0000', 'a b', '日本'])(
    'gives no meaning but its own to %p',
    (text) => {
      expect(matchesGlob(text, text)).toBe(true)
      expect(matchesGlob(text, 'ab')).toBe(false)
    },
  )

  it('has no way to take the meaning of a star away', () => {
    expect(matchesGlob('\\*', '\\any')).toBe(true)
    expect(matchesGlob('\\*', '*')).toBe(false)
  })

  it('takes a character of two halves for one', () => {
    expect(matchesGlob('?', '🚀')).toBe(true)
    expect(matchesGlob('??', '🚀')).toBe(false)
    expect(matchesGlob('fix-🚀-*', 'fix-🚀-now')).toBe(true)
  })

  it('takes half a character for one of its own, which is no part of a whole one', () => {
    expect(matchesGlob('a\ud83d', 'a\ud83d')).toBe(true)
    expect(matchesGlob('?', '\ud83d')).toBe(true)
    expect(matchesGlob('\ud83d*', '🚀')).toBe(false)
  })
})

describe('a hostile glob', () => {
  const TEXT = 'a'.repeat(1000)

  it.each([
    ['stars', '*'.repeat(1000), true],
    ['stars that end in vain', `${'*'.repeat(999)}b`, false],
    ['stars between letters', '*a'.repeat(500), true],
    ['stars between letters that end in vain', `${'*a'.repeat(499)}*b`, false],
    ['stars and question marks', '*?'.repeat(500), true],
    ['double stars between letters', `${'**a'.repeat(333)}b`, false],
  ])('of a thousand characters, %s, is done within 100 ms', (_, glob, matches) => {
    // The best of five, for the machine may be busy with something else.
    const tries = [1, 2, 3, 4, 5].map(() => {
      const begun = performance.now()
      expect(matchesGlob(glob, TEXT)).toBe(matches)
      return performance.now() - begun
    })
    expect(Math.min(...tries)).toBeLessThan(100)
  })
})

describe('the branches of a filter', () => {
  it('are all where none is named', () => {
    expect([wanted([], 'main'), wanted([], undefined)]).toEqual([true, true])
  })

  it('are those that one of the globs matches', () => {
    const branches = ['main', 'release/*']
    expect(['main', 'release/2', 'dev'].map((branch) => wanted(branches, branch))).toEqual([
      true,
      true,
      false,
    ])
  })

  it('are as the last glob that matches says', () => {
    const branches = ['release/*', '!release/old-*', 'release/old-but-gold']
    const asked = ['release/2', 'release/old-1', 'release/old-but-gold', 'main']
    expect(asked.map((branch) => wanted(branches, branch))).toEqual([true, false, true, false])
  })

  it('depend on the order of the globs', () => {
    expect(wanted(['!main', '*'], 'main')).toBe(true)
    expect(wanted(['*', '!main'], 'main')).toBe(false)
  })

  it('are all but those that are taken away, where the first glob takes away', () => {
    const branches = ['!wip/*', '!tmp']
    expect(['main', 'a/b/c', 'wip/1', 'tmp'].map((branch) => wanted(branches, branch))).toEqual([
      true,
      true,
      false,
      false,
    ])
  })

  it.each([
    ['are unknown, and so not wanted, where a branch is asked for', ['main'], false],
    ['are not wanted even by a glob for every branch', ['**'], false],
    ['are wanted where the first glob takes away', ['!main'], true],
    ['are wanted where the first glob takes every branch away', ['!**'], true],
  ])('%s', (_, branches, expected) => {
    expect(wanted(branches, undefined)).toBe(expected)
  })

  it.each(['feature/#42', 'user@host', 'a\u202eb', 'ünïcödé', '-rf', ' space ', '{x}', 'a%2Fb', '👩‍👩‍👧'])(
    'may be called %p',
    (branch) => {
      expect(wanted([branch], branch)).toBe(true)
      expect(wanted(['**', `!${branch}`], branch)).toBe(false)
    },
  )

  it('lose none by a glob that takes nothing away', () => {
    expect(wanted(['!'], 'main')).toBe(true)
  })
})

describe('pull requests', () => {
  const OF: Readonly<Record<string, Partial<ApiBuild>>> = {
    'a number': { pullRequestId: 17 },
    'a word': { pullRequestId: '17' },
    absent: {},
    null: { pullRequestId: null },
    0: { pullRequestId: 0 },
    empty: { pullRequestId: '' },
  }

  function wantedOf(pullRequests: BuildFilter['pullRequests']): string[] {
    const filter: BuildFilter = { branches: [], pullRequests }
    return Object.keys(OF).filter((name) => wantsBuild(filter, { ...ANY, ...OF[name] }))
  }

  it('are those with an id that says so', () => {
    const found = Object.keys(OF).filter((name) => isPullRequest({ ...ANY, ...OF[name] }))
    expect(found).toEqual(['a number', 'a word'])
  })

  it('are wanted as any other build', () => {
    expect(wantedOf('with')).toEqual(Object.keys(OF))
  })

  it('are not wanted', () => {
    expect(wantedOf('without')).toEqual(['0', 'absent', 'null', 'empty'])
  })

  it('are all that is wanted', () => {
    expect(wantedOf('only')).toEqual(['a number', 'a word'])
  })

  it('are held against the branches, too', () => {
    const filter: BuildFilter = { branches: ['main'], pullRequests: 'only' }
    expect(wantsBuild(filter, { ...ANY, pullRequestId: 17, branch: 'main' })).toBe(true)
    expect(wantsBuild(filter, { ...ANY, pullRequestId: 17, branch: 'dev' })).toBe(false)
    expect(wantsBuild(filter, { ...ANY, branch: 'main' })).toBe(false)
  })
})

it('wants every build without a filter', () => {
  expect(wantsBuild(EVERY_BUILD, ANY)).toBe(true)
  expect(wantsBuild(EVERY_BUILD, { ...ANY, branch: 'x/y', pullRequestId: 3 })).toBe(true)
})
