import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { hasReference, interpolate, isWholeReference } from '../../../src/config/interpolate.js'

const ENV = { NAME: 'value', EMPTY: '', DOLLAR: '${NAME} $& $1' }

describe('references in a text', () => {
  test.each([
    ['plain', 'plain'],
    ['${NAME}', 'value'],
    ['a ${NAME}, b ${NAME}', 'a value, b value'],
    ['${NOPE:-default}', 'default'],
    ['${NOPE:-}', ''],
    ['${EMPTY}', ''],
    ['${EMPTY:-default}', 'default'],
    ['${NAME:-default}', 'value'],
    ['$${NAME}', '${NAME}'],
    ['$$${NAME}', '$${NAME}'],
    ['$NAME costs 5$', '$NAME costs 5$'],
    ['${DOLLAR}', '${NAME} $& $1'],
    ['${NOPE:-a:-b $x {}', 'a:-b $x {'],
  ])('%s becomes %s', (template, text) => {
    expect(interpolate(template, ENV)).toEqual({ ok: true, text })
  })

  test.each(['${}', '${1A}', '${A B}', '${A', '${A-b}', '${A:b}', 'x ${', '${${NAME}}'])(
    '%s is no reference',
    (template) => {
      expect(interpolate(template, ENV)).toMatchObject({
        ok: false,
        message: 'holds a ${ that starts no reference',
      })
    },
  )

  test('name every variable that is not set, once', () => {
    expect(interpolate('${A} ${B} ${A} ${NAME}', ENV)).toEqual({
      ok: false,
      message: 'the environment variable A and B are not set',
      hint: 'set it, or give a default where one will do: ${A:-…}',
    })
  })

  test('do not reach into what every object has', () => {
    expect(interpolate('${constructor}', ENV)).toMatchObject({ ok: false })
  })

  test('put in what they stand for and nothing else', () => {
    const value = fc.string().filter((text) => text !== '')
    fc.assert(
      fc.property(value, fc.string(), (wanted, around) => {
        fc.pre(!around.includes('$'))
        const result = interpolate(`${around}\${X}${around}`, { X: wanted })
        expect(result).toEqual({ ok: true, text: `${around}${wanted}${around}` })
      }),
    )
  })
})

test('a whole reference is one reference and nothing else', () => {
  const whole = ['${A}', '${A:-1}', ' ${A}', '${A}${B}', '$${A}', 'A'].filter(isWholeReference)
  expect(whole).toEqual(['${A}', '${A:-1}'])
})

test('a literal ${ is no reference', () => {
  expect(['$${A}', '${A}', '$${A} ${B}', 'A'].filter(hasReference)).toEqual(['${A}', '$${A} ${B}'])
})
