import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { createLineIndex } from '../../../src/config/line-index.js'
import { formatKeyPath, formatProblem, inReadingOrder } from '../../../src/config/problem.js'

const problem = { file: 'a.yaml', line: 3, column: 7, keyPath: 'log.level', message: 'is wrong' }

describe('a problem is written', () => {
  test('with its place, its key path and its cure', () => {
    expect(formatProblem({ ...problem, hint: 'mend it' })).toBe('a.yaml:3:7: log.level: is wrong; mend it')
  })

  test('without what it does not have', () => {
    expect(formatProblem({ ...problem, keyPath: '' })).toBe('a.yaml:3:7: is wrong')
  })

  test.each([
    [['watches', 3, 'notify', 0, 'on', 1], 'watches[3].notify[0].on[1]'],
    [['accounts', 'a-b', 'token'], 'accounts.a-b.token'],
    [['accounts', 'a b', 'token'], 'accounts["a b"].token'],
    [['accounts', 'a.b'], 'accounts["a.b"]'],
    [[], ''],
  ])('with the key path %j as %s', (path, text) => {
    expect(formatKeyPath(path)).toBe(text)
  })
})

test('problems are ordered by file as read, then by line and column', () => {
  const at = (file: string, line: number, column: number) => ({ ...problem, file, line, column })
  const problems = [at('a', 1, 1), at('b', 10, 1), at('b', 2, 9), at('b', 2, 3)]
  expect(inReadingOrder(problems, ['b', 'a']).map(({ file, line, column }) => [file, line, column])).toEqual([
    ['b', 2, 3],
    ['b', 2, 9],
    ['b', 10, 1],
    ['a', 1, 1],
  ])
})

describe('the place of an offset', () => {
  test('is its line and column, both from 1', () => {
    const positionOf = createLineIndex('ab\n\ncd')
    expect([0, 1, 2, 3, 4, 5].map((offset) => Object.values(positionOf(offset)))).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [3, 1],
      [3, 2],
    ])
  })

  test('beyond the text is the nearest end of it', () => {
    const positionOf = createLineIndex('ab\ncd')
    expect([-1, 99].map((offset) => positionOf(offset))).toEqual([
      { line: 1, column: 1 },
      { line: 2, column: 3 },
    ])
  })

  test('leads back to the offset', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a\n]{0,40}$/), fc.nat(40), (text, offset) => {
        fc.pre(offset <= text.length)
        const { line, column } = createLineIndex(text)(offset)
        const before = text.split('\n').slice(0, line - 1)
        expect(before.reduce((sum, { length }) => sum + length + 1, 0) + column - 1).toBe(offset)
      }),
    )
  })
})
