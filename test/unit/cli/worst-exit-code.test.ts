import { expect, it } from '@jest/globals'
import { worstExitCode } from '../../../src/cli/exit-codes.js'

it.each<[readonly number[], number]>([
  [[0, 0], 0],
  [[], 0],
  [[0, 6], 6],
  [[6, 5], 5],
  [[5, 4], 4],
  [[4, 124], 124],
  [[124, 3], 3],
  [[3, 0, 1], 1],
  [[2, 0], 2],
  [[2, 6], 6],
])('of the ends %j the exit code is %i', (codes, worst) => {
  expect(worstExitCode(codes)).toBe(worst)
})
