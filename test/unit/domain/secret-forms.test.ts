import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { formsPattern, HIDDEN, secretForms } from '../../../src/domain/secret-forms.js'

const SECRET = 'pa$$ w/"ü"+\n'

const secret = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 6, maxLength: 40 }),
  fc.string({ unit: 'binary', minLength: 6, maxLength: 40 }),
)

function hide(text: string, ...secrets: string[]): string {
  const pattern = formsPattern(secrets.flatMap(secretForms))
  return pattern === undefined ? text : text.replace(pattern, HIDDEN)
}

function wellFormed(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text))
}

describe('secretForms', () => {
  it('knows a value as it is and as JSON, URLs, forms and our own log lines write it', () => {
    expect(secretForms(SECRET)).toEqual(
      expect.arrayContaining([
        SECRET,
        String.raw`pa$$ w/\"ü\"+\n`,
        String.raw`pa$$ w/\\\"ü\\\"+\\n`,
        String.raw`pa$$ w/"ü"+\u000a`,
        'pa%24%24%20w%2F%22%C3%BC%22%2B%0A',
        'pa%24%24%20w%2f%22%c3%bc%22%2b%0a',
        'pa%24%24+w%2F%22%C3%BC%22%2B%0A',
        'pa$$%20w/%22%C3%BC%22+%0A',
      ]),
    )
  })

  it.each([
    ['PHP', String.raw`s3cr3t\/é<&>\"'`],
    ['Python', String.raw`s3cr3t/\u00e9<&>\"'`],
    ['PHP, in ASCII', String.raw`s3cr3t\/\u00e9<&>\"'`],
    ['Go', String.raw`s3cr3t/é\u003c\u0026\u003e\"'`],
    ['HTML', `s3cr3t/é&lt;&amp;&gt;&quot;&#39;`],
    ['the text of HTML', `s3cr3t/é&lt;&amp;&gt;"'`],
    ['hex', '7333637233742fc3a93c263e2227'],
  ])('knows a value as %s writes it', (_, written) => {
    expect(hide(`it said ${written}.`, `s3cr3t/é<&>"'`)).toBe('it said [secret].')
  })

  it('names each form once', () => {
    expect(secretForms('plain-text-token').filter((form) => form === 'plain-text-token')).toHaveLength(1)
  })

  it('has no form so short that it would hide everyday words', () => {
    fc.assert(
      fc.property(fc.oneof(secret, fc.string()), (value) => {
        for (const form of secretForms(value)) expect(form.length).toBeGreaterThanOrEqual(6)
      }),
    )
  })

  it.each(['', 'a', 'token'])('has none at all for %p, which protects nothing', (value) => {
    expect(secretForms(value)).toEqual([])
  })

  it('never throws, not on half a character either', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('\ud83d', '\udc69', 'a'), minLength: 6 }), (value) => {
        expect(secretForms(value)).toContain(value)
      }),
    )
  })
})

describe('the pattern of the forms', () => {
  it('leaves nothing of a value in any way of writing it', () => {
    const ways: ((value: string) => string)[] = [
      (value) => value,
      (value) => JSON.stringify(value).slice(1, -1),
      (value) => JSON.stringify(JSON.stringify(value)).slice(3, -3),
      (value) => encodeURIComponent(wellFormed(value)),
      (value) => encodeURI(wellFormed(value)),
      (value) => new URLSearchParams({ '': wellFormed(value) }).toString().slice(1),
    ]
    fc.assert(
      fc.property(secret, fc.constantFrom(...ways), (value, way) => {
        fc.pre(!/[<>]/.test(value))
        expect(hide(`<${way(value)}>`, value)).toBe(`<${HIDDEN}>`)
      }),
    )
  })

  it('finds a value in base64 and base64url, wherever in a longer text it stands', () => {
    const around = fc.string({ unit: 'binary-ascii', maxLength: 8 })
    const encoding = fc.constantFrom('base64' as const, 'base64url' as const)
    fc.assert(
      fc.property(fc.tuple(around, secret, around), encoding, ([before, value, after], encoding) => {
        const text = Buffer.from(`${before}${value}${after}`).toString(encoding)
        const neighbours = Math.ceil((8 * (before.length + after.length)) / 6)
        const left = hide(text, value).replace(HIDDEN, '')
        expect(left).not.toBe(text)
        // At either end one character is shared with a neighbour, at the last one there may be padding.
        expect(left.length).toBeLessThanOrEqual(neighbours + 4)
      }),
    )
  })

  it('takes the longer of two values first, so that no tail is left over', () => {
    expect(hide('token abcdef-more', 'abcdef', 'abcdef-more')).toBe('token [secret]')
  })

  it('reads no value as a pattern', () => {
    const value = String.raw`^a.*+?$(b)[c]{2}|d/\w`
    expect(hide(`x${value}y`, value)).toBe('x[secret]y')
    expect(hide('aaaaaaa', 'a.*aaaa')).toBe('aaaaaaa')
  })

  it('does not exist without forms: an empty one would match between all characters', () => {
    expect(formsPattern([])).toBeUndefined()
    expect(hide('untouched')).toBe('untouched')
  })
})
