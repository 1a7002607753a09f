import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { cutEnd, cutStart, rowsTaken, textWidth } from '../../../src/cli/text-width.js'

describe('the width of a text', () => {
  it.each([
    ['nightly', 7],
    ['', 0],
    ['änderung', 8],
    ['a\u0308nderung', 8],
    ['ビルド', 6],
    ['构建中', 6],
    ['빌드', 4],
    ['\u1107\u1175\u11af', 2],
    ['ﾋﾞﾙﾄﾞ', 5],
    ['Ａ', 2],
    ['🚀', 2],
    ['❤\ufe0f', 2],
    ['❤', 1],
    ['🇩🇪', 2],
    ['██░░', 4],
    ['…', 1],
    ['𠮷', 2],
  ])('of %j is %d cells', (text, cells) => {
    expect(textWidth(text)).toBe(cells)
  })
})

describe('a cut text', () => {
  it('says where something is left out, and keeps a letter and its marks together', () => {
    expect(cutEnd('a\u0308bc', 2, '…')).toBe('a\u0308…')
    expect(cutStart('abc\u0308', 2, '…')).toBe('…c\u0308')
    expect(cutEnd('构建中', 4, '…')).toBe('构…')
    expect(cutStart('构建中', 4, '…')).toBe('…中')
    expect(cutEnd('abc', 3, '…')).toBe('abc')
  })

  it('is never wider than it may be, and whole where it fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 12 }), (text, width) => {
        for (const cut of [cutEnd, cutStart]) {
          const shown = cut(text, width, '…')
          expect(textWidth(shown)).toBeLessThanOrEqual(width)
          expect(shown === text).toBe(textWidth(text) <= width)
        }
      }),
    )
  })
})

it('a wide character that does not fit any more opens the next row', () => {
  expect(rowsTaken('abcd', 4)).toBe(1)
  expect(rowsTaken('abcde', 4)).toBe(2)
  expect(rowsTaken('abc构d', 4)).toBe(2)
  expect(rowsTaken('abc构de', 4)).toBe(2)
  expect(rowsTaken('构构构', 3)).toBe(3)
  expect(rowsTaken('', 4)).toBe(1)
})
