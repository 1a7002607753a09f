import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { safeExcerpt, safeText } from '../../../src/domain/safe-text.js'

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }))

describe('safeText', () => {
  it.each([
    ['a line break', 'a\r\nb', String.raw`a\u000d\u000ab`],
    ['a terminal escape', '\u001b[2J', String.raw`\u001b[2J`],
    ['an eight-bit terminal escape', '\u009b2J', String.raw`\u009b2J`],
    ['a change of reading direction', 'a\u202eb', String.raw`a\u202eb`],
    ['an invisible character', 'a\u200bb\ufeff', String.raw`a\u200bb\ufeff`],
    ['a line separator', 'a\u2028b', String.raw`a\u2028b`],
    ['a lone surrogate', 'a\ud800b', String.raw`a\ud800b`],
    ['a tag character outside the basic plane', '\u{e0041}', String.raw`\udb40\udc41`],
  ])('makes %s visible', (_what, text, expected) => {
    expect(safeText(text)).toBe(expected)
  })

  it.each(['release/2.4', 'Ünïcödé 中文 עברית', '👍🏽', 'tab-free <text> & "quotes" \\n'])(
    'leaves %p alone',
    (text) => {
      expect(safeText(text)).toBe(text)
    },
  )

  it('leaves one line without control characters, whatever comes', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
      }),
    )
  })

  it('changes no value of JSON text', () => {
    fc.assert(
      fc.property(fc.object({ key: anyText, values: [anyText] }), (value) => {
        const json = JSON.stringify(value)
        expect(JSON.parse(safeText(json))).toEqual(JSON.parse(json))
      }),
    )
  })
})

describe('safeExcerpt', () => {
  it('leaves short text whole and ends longer text with an ellipsis', () => {
    expect(safeExcerpt('12345', 5)).toBe('12345')
    expect(safeExcerpt('123456', 5)).toBe('1234…')
  })

  it('cuts no character in two', () => {
    expect(safeExcerpt('🦊🦊🦊', 4)).toBe('🦊…')
    expect(safeExcerpt('🦊🦊🦊', 5)).toBe('🦊🦊…')
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, maxLength) => {
        expect(safeExcerpt(text, maxLength)).not.toMatch(/\p{Cs}/u)
      }),
    )
  })

  it('is never longer than asked, escapes included', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 1, max: 20 }), (text, maxLength) => {
        expect(safeExcerpt(text, maxLength).length).toBeLessThanOrEqual(maxLength)
      }),
    )
  })
})
