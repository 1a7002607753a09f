import { expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { nearest, suggestion } from '../../../src/config/suggest.js'

const WORDS = ['min_interval', 'max_interval', 'timeout', 'notify', 'job']

test.each([
  ['min_intervall', 'min_interval'],
  ['min-interval', 'min_interval'],
  ['Timeout', 'timeout'],
  ['tiemout', 'timeout'],
  ['notfiy', 'notify'],
  ['jobs', 'job'],
])('%s probably means %s', (wrong, meant) => {
  expect(nearest(wrong, WORDS)).toBe(meant)
})

test.each(['branches', 'x', ''])('%p means none of the known words', (wrong) => {
  expect(nearest(wrong, WORDS)).toBeUndefined()
})

test('what is known is listed, with the suggestion before it', () => {
  expect(suggestion('jbo', ['job', 'service'])).toBe('did you mean job? (known are: job, service)')
  expect(suggestion('x', ['job', 'service'])).toBe('known are: job, service')
  expect(suggestion('x', [])).toBe('there is none')
})

test('a known word always suggests itself', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,20}$/), (word) => {
      expect(nearest(word, ['something_else', word])).toBe(word)
    }),
  )
})
