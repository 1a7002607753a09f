import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { parse, validate } from 'node-cron'
import { readCron } from '../../../src/config/cron.js'

const RIGHT = [
  '* * * * *',
  '0 0 1 1 0',
  '59 23 31 12 7',
  '*/5 * * * *',
  '*/59 */23 */31 */12 */7',
  '0 8-18 * * 1-5',
  '0-30/10 8-18/2 1-15/7 1-6/3 1-5/2',
  '0,15,30,45 * * * *',
  '5,10-20,30-50/5 * * * *',
  '0 9 * jan,mar-jun mon-fri',
  '0 9 * * sat-sun',
  '0 9 * nov-feb fri-mon',
  '0 22-6 28-3 11-2 5-1',
  '0 22-6/2 * * *',
  '00 08 01 02 07',
  '0 9 29 2 *',
  '0 9 30,31 2,4 *',
  '0 9 * * 0-7',
]

const WRONG = [
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * 32 * *',
  '* * * 0 *',
  '* * * 13 *',
  '* * * * 8',
  '-1 * * * *',
  '1- * * * *',
  '1--2 * * * *',
  '1,,2 * * * *',
  ', * * * *',
  '*/0 * * * *',
  '*/ * * * *',
  '/5 * * * *',
  '5/10 * * * *',
  '1-5/0 * * * *',
  '*-5 * * * *',
  '1.5 * * * *',
  '1+2 * * * *',
  '0 9 30 2 *',
  '0 9 31 2,4,6,9,11 *',
  '0 9 * mon *',
  '0 9 * * jan',
]

/** What runs the schedules takes these, and does with some of them what nobody meant. */
const STRICTER = [
  '0 9 * janfeb *',
  '0 9 * january *',
  '0 9 * * monday',
  '0 9 L * *',
  '0 9 15W * *',
  '0 9 * * 2#3',
  '0 9 * * 5L',
  '0 9 ? * *',
  '*/60 * * * *',
  '0 */24 * * *',
]

describe('a cron expression', () => {
  test.each(RIGHT)('%s is right, for node-cron too', (text) => {
    expect([readCron(text), validate(text)]).toEqual([{ ok: true, cron: text }, true])
  })

  test.each(WRONG)('%s is wrong, for node-cron too', (text) => {
    expect([readCron(text).ok, validate(text)]).toEqual([false, false])
  })

  test.each(STRICTER)('%s is wrong, although node-cron takes it', (text) => {
    expect([readCron(text).ok, validate(text)]).toEqual([false, true])
  })

  test.each(['', '* * * *', '0 * * * * *', '@daily', '*'])('%p has not five fields', (text) => {
    expect(readCron(text)).toMatchObject({
      ok: false,
      refusal: expect.stringContaining('has not five fields'),
    })
  })

  test('is brought to one form', () => {
    expect(readCron('  0   8-18\t* JAN  Mon-FRI ')).toEqual({ ok: true, cron: '0 8-18 * jan mon-fri' })
  })

  test('that runs over the end stands for the night, the turn of the year and the weekend', () => {
    const { hour, month, dayOfWeek } = parse('0 22-2 * nov-feb sat-sun')
    expect([hour, month, dayOfWeek]).toEqual([
      [22, 23, 0, 1, 2],
      [11, 12, 1, 2],
      [6, 0],
    ])
  })
})

const item = fc
  .tuple(
    fc.constantFrom(
      '*',
      '0',
      '1',
      '5',
      '7',
      '12',
      '23',
      '29',
      '30',
      '31',
      '59',
      '60',
      'jan',
      'dec',
      'sun',
      'sat',
    ),
    fc.option(fc.constantFrom('0', '2', '6', '7', '12', '22', '31', '59', 'feb', 'fri'), { nil: undefined }),
    fc.option(fc.constantFrom('0', '1', '2', '7', '30', '99'), { nil: undefined }),
  )
  .map(
    ([from, to, step]) => `${from}${to === undefined ? '' : `-${to}`}${step === undefined ? '' : `/${step}`}`,
  )
const field = fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','))

test('whatever passes here passes node-cron', () => {
  let passed = 0
  // Most have a fault somewhere: one field at a time, so that enough have none.
  fc.assert(
    fc.property(field, fc.nat(4), (text, at) => {
      const expression = ['0', '0', '*', '*', '*'].with(at, text).join(' ')
      const read = readCron(expression)
      if (read.ok) passed++
      expect(!read.ok || validate(read.cron)).toBe(true)
    }),
    { numRuns: 3000 },
  )
  expect(passed).toBeGreaterThan(100)
})
