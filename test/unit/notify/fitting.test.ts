import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import {
  escapedExcerpt,
  firstLines,
  lastLines,
  markupExcerpt,
  shortened,
} from '../../../src/notify/fitting.js'

const doubled = (text: string) => text.replaceAll('&', '&amp;')

describe('escapedExcerpt', () => {
  it('leaves alone what fits exactly', () => {
    expect(escapedExcerpt('a&b', 7, doubled)).toBe('a&amp;b')
  })

  it('cuts the text and never an escape', () => {
    expect(escapedExcerpt('a&b', 6, doubled)).toBe('a…')
    expect(escapedExcerpt('&&&&', 11, doubled)).toBe('&amp;&amp;…')
  })

  it('never halves a character', () => {
    expect(escapedExcerpt('a👍b', 3)).toBe('a…')
  })

  it('is never too long and is the longest that fits', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, most) => {
        const cut = escapedExcerpt(text, most, doubled)
        expect(cut.length).toBeLessThanOrEqual(most)
        if (!cut.endsWith('…')) expect(cut).toBe(doubled(text))
      }),
    )
  })
})

describe('markupExcerpt', () => {
  it.each([
    ['whole', 6, 'whole'],
    ['a &amp; b', 7, 'a …'],
    ['a \\* b c', 4, 'a …'],
    ['plain text', 6, 'plain…'],
  ])('of %j within %i is %j', (markup, most, expected) => {
    expect(markupExcerpt(markup, most)).toBe(expected)
  })
})

describe('lines', () => {
  const lines = ['one', 'two', 'three']

  it('are counted where they are left out', () => {
    expect(firstLines(lines, 13)).toBe('one\ntwo\nthree')
    expect(firstLines(lines, 12)).toBe('… and 3 more')
    expect(firstLines(['one', ...lines, ...lines, ...lines], 29)).toBe('one\none\ntwo\n… and 7 more')
    expect(shortened(lines, 3)).toBe(lines)
    expect(shortened(lines, 1)).toEqual(['one', '… and 2 more'])
  })

  it('are kept from the end where the newest matter most', () => {
    expect(lastLines(lines, 13)).toBe('one\ntwo\nthree')
    expect(lastLines(lines, 12)).toBe('two\nthree')
    expect(lastLines(lines, 4)).toBe('')
  })
})
