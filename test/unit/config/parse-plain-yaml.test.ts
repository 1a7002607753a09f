import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { stringify } from 'yaml'
import { parsePlainYaml } from '../../../src/config/parse-plain-yaml.js'
import { parseYaml } from '../../../src/config/parse-yaml.js'

/** The library is the oracle: what the plain reader answers is what the library says, to the last offset. */
function expectAgreement(text: string): boolean {
  const plain = parsePlainYaml(text)
  if (plain) expect({ text, ...plain }).toEqual({ text, ...parseYaml(text) })
  return plain !== undefined
}

/** Pieces of YAML that are easily read in two ways. */
const PIECE = fc.constantFrom(
  ...'a‖b:‖key: ‖key:‖- ‖-‖-1‖?‖: ‖:‖ ‖  ‖    ‖\n‖\n  ‖\n- ‖\n  - ‖[‖]‖{‖}‖,‖, ‖"‖\'‖"a b"‖"\\n"‖#‖ # c‖#c\n‖&x ‖*x‖!t '.split(
    '‖',
  ),
  ...'|‖>‖|\n‖---\n‖...\n‖%‖@‖`‖null‖~‖true‖False‖12‖0123‖1.10‖12e5678‖0x1F‖.inf‖-.5‖${A}‖${A:-b}‖$${‖http://x/y?z=1'.split(
    '‖',
  ),
  ...'a: b: c‖{ a: b }‖[a, b]‖\t‖\r\n‖é‖\u00a0‖\ufeff‖\u2028‖__proto__: ‖a:b‖a#b‖x y‖""‖\'\'‖[]‖{}‖<<: ‖true: ‖r/*‖a*b‖[r/*, **]'.split(
    '‖',
  ),
)

const SOUP = fc.array(PIECE, { maxLength: 14 }).map((pieces) => pieces.join(''))

const NAME = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,8}$/)
const SCALAR = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.stringMatching(/^[A-Za-z0-9_./ :$*!-]{0,12}$/),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
)
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    SCALAR,
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.dictionary(NAME, tie('tree'), { maxKeys: 4 }),
  ),
}))

describe('what the plain reader answers is what the library says,', () => {
  test('for any soup of difficult pieces', () => {
    fc.assert(
      fc.property(SOUP, (text) => {
        expectAgreement(text)
      }),
      { numRuns: 5000 },
    )
  })

  test('for lines of difficult pieces, indented at will', () => {
    const line = fc.tuple(fc.nat(3), fc.array(PIECE, { maxLength: 4 }))
    const text = fc
      .array(line, { maxLength: 8 })
      .map((lines) => lines.map(([indent, pieces]) => '  '.repeat(indent) + pieces.join('')).join('\n'))
    fc.assert(
      fc.property(text, (lines) => {
        expectAgreement(lines)
      }),
      { numRuns: 5000 },
    )
  })

  test('for any value that the library writes, in blocks and in flow', () => {
    const flow = fc.boolean().map((isFlow) => (isFlow ? 'flow' : 'block'))
    fc.assert(
      fc.property(tree, flow, (value, collectionStyle) => {
        expectAgreement(stringify(value, { collectionStyle, lineWidth: 0 }))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('the plain reader reads', () => {
  test.each([
    [
      'the way most watchlists are written',
      'watches:\n  - project: p\n    job: j # why\n\n  # next\n  - project: q\n',
    ],
    ['flow collections', 'watches:\n  - { project: p, notify: [ops, { to: hook, on: [success] }] }\n'],
    ['patterns', 'a: [main, release/*, "!release/old-*"]\nb: r/**\n'],
    ['lists that stand under their key', 'notify:\n- a\n- to: b\nlog:\n  level: info\n'],
    ['quoted and referring texts', 'a: "x # y"\nb: \'z\'\nc: ${A:-b}\nd: https://example.com/x?y=1\n'],
    ['letters beyond ASCII', '# für alle\na: é\n'],
    ['numbers and truth values', 'a: 12\nb: true\n'],
  ])('%s', (_, text) => {
    expect(expectAgreement(text)).toBe(true)
  })
})

describe('the plain reader leaves to the library', () => {
  test.each([
    ['numbers of every other form', 'a: 12e5678\n'],
    ['empty values', 'a:\n'],
    ['texts over several lines', 'a: b\n  c\n'],
    ['escapes', 'a: "\\n"\n'],
    ['anchors', 'a: &b c\n'],
    ['tags', 'a: !b c\n'],
    ['block texts', 'a: |\n  b\n'],
    ['documents', '---\na: b\n'],
    ['duplicate keys', 'a: b\na: c\n'],
    ['carriage returns', 'a: b\r\n'],
    ['deep nesting', `a: ${'['.repeat(20)}${']'.repeat(20)}\n`],
    ['what is no YAML', 'a: [b\n'],
  ])('%s', (_, text) => {
    expect(parsePlainYaml(text)).toBeUndefined()
  })
})
