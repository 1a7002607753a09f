import { describe, expect, it } from '@jest/globals'
import { glyphs, levelsFor } from '../../../src/cli/duration-glyphs.js'

const LEVELS = '12345678'

describe('durations as columns', () => {
  it('are shares of the longest, so that what hardly differs looks alike', () => {
    expect(glyphs([800, 100, 101, 400, 799], LEVELS).join('')).toBe('81248')
  })

  it('are never nothing', () => {
    expect(glyphs([1, 1_000_000], LEVELS).join('')).toBe('18')
    expect(glyphs([0, 0], LEVELS).join('')).toBe('11')
    expect(glyphs([], LEVELS)).toEqual([])
  })

  it.each([
    [{ LANG: 'de_DE.UTF-8' }, '█'],
    [{ LANG: 'C.utf8' }, '█'],
    [{ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }, '#'],
    [{ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8' }, '█'],
    [{ LANG: 'de_DE' }, '#'],
    [{}, '#'],
  ])('go by the locale %j up to %s', (env, highest) => {
    expect(glyphs([1], levelsFor(env))).toEqual([highest])
  })
})
