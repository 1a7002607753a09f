import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { parse } from 'yaml'
import { type OutputFormat, renderResult } from '../../../src/cli/output.js'

const FORMATS: readonly OutputFormat[] = ['json', 'yaml', 'table']
/** Terminals obey these; a line break aside, which separates the fields of a result. */
const UNSAFE = /[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u
const HOSTILE = {
  status: '\u001b[31m\u009b2J',
  branch: 'a\nb\u202e\u2028c',
  'k\u0085y\u007f': ['\u200f', 'é 👍🏽'],
}

describe('a result', () => {
  it.each(FORMATS)('reaches a terminal as %s without characters that it would obey', async (format) => {
    expect(await renderResult(HOSTILE, format)).not.toMatch(UNSAFE)
  })

  it('reads back as it was, whatever text it holds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          text(),
          fc.oneof(text(), fc.array(text()), fc.double({ noNaN: true, noDefaultInfinity: true })),
        ),
        async (result) => {
          const [json, yaml] = [await renderResult(result, 'json'), await renderResult(result, 'yaml')]
          expect([json, yaml].filter((rendered) => UNSAFE.test(rendered))).toEqual([])
          expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(result)))
          // JSON has no negative zero, YAML has.
          expect(JSON.parse(JSON.stringify(parse(yaml)))).toEqual(JSON.parse(JSON.stringify(result)))
        },
      ),
    )
  })

  it.each(['2026-03-04T09:12:05.296Z', 'on', 'No', 'y', '1:30', '0777', '1_000', '0o17', '1e5', '~', '<<'])(
    'with the text %j reads back as YAML of either version',
    async (word) => {
      const yaml = await renderResult({ [word]: word, list: [word] }, 'yaml')
      const read = { [word]: word, list: [word] }
      expect([parse(yaml), parse(yaml, { version: '1.1' })]).toEqual([read, read])
    },
  )

  it.each(FORMATS)('that is nested without end is refused as %s, in words', async (format) => {
    const result = JSON.parse(`{"id":"b","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    await expect(renderResult(result, format)).rejects.toMatchObject({ code: 'API_BAD_RESPONSE' })
  })

  it('may have more fields than a call may have arguments', async () => {
    const table = await renderResult({ id: 'b', x: Array.from({ length: 300_000 }, () => 1) }, 'table')
    expect(table.split('\n')).toHaveLength(300_002)
  })

  it('shows its empty lists and objects in a table too', async () => {
    expect(await renderResult({ id: 'b', registry: {}, tags: [], message: null }, 'table')).toBe(
      'id        b\nregistry  {}\ntags      []\nmessage   -\n',
    )
  })
})

function text(): fc.Arbitrary<string> {
  const odd = fc.constantFrom(
    ...Array.from('\u0000\u001b\n\r\t\u007f\u0085\u009b\u00a0\u200d\u202e\u2028\ufeff: #-"\'\\{}[]~'),
  )
  return fc
    .array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 3 })), { maxLength: 12 })
    .map((parts) => parts.join(''))
}
