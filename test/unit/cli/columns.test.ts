import { expect, test } from '@jest/globals'
import { columns, fittedColumns } from '../../../src/cli/columns.js'
import { textWidth } from '../../../src/cli/text-width.js'

test('columns are as wide as their widest cell', () => {
  expect(
    columns(
      ['A', 'BUILD'],
      [
        ['one', '1'],
        ['fifteen', '22'],
      ],
    ),
  ).toEqual(['A        BUILD', 'one      1', 'fifteen  22'])
})

test('a column that is empty in all rows is left out', () => {
  expect(columns(['A', 'B', 'C'], [['1', '', '3']])).toEqual(['A  C', '1  3'])
})

test('foreign text can neither break a line nor reach the terminal, and is cut', () => {
  const [, row = ''] = columns(['A'], [[`\u001b[2J\n${'x'.repeat(200)}`]])
  expect(row).toMatch(/^\\u001b\[2J\\u000ax+…$/)
  expect(row.length).toBe(80)
})

test('wide characters count for the two cells that they take', () => {
  const rows = [
    ['漢字', '1'],
    ['plain', '2'],
  ]
  expect(columns(['A', 'B'], rows)).toEqual(['A      B', '漢字   1', 'plain  2'])
  const [, wide = '', narrow = ''] = fittedColumns(
    ['A', 'B'],
    [
      ['漢'.repeat(60), '1'],
      ['plain', '2'],
    ],
  )
  expect(textWidth(wide)).toBeLessThanOrEqual(80)
  expect(textWidth(narrow)).toBeLessThanOrEqual(80)
})
