import { expect, it } from '@jest/globals'
import { createSeenRunning } from '../../../src/core/seen-running.js'
import { buildKey } from '../../../src/domain/build.js'
import { refOf } from './fixtures.js'

const keyOf = (build: string) => buildKey(refOf(build))

it('remembers when a build was last seen running, until its end is on record', () => {
  const seen = createSeenRunning()
  seen.note(keyOf('a'), 1)
  seen.note(keyOf('a'), 2)
  expect(seen.at(keyOf('a'))).toBe(2)
  seen.forget(keyOf('a'))
  expect(seen.at(keyOf('a'))).toBeUndefined()
})

it('holds 20,000 builds; those go first that were not seen for longest', () => {
  const seen = createSeenRunning()
  for (let n = 0; n < 20_000; n++) seen.note(keyOf(`b${n}`), n)
  seen.note(keyOf('b0'), 30_000)
  seen.note(keyOf('new'), 30_001)
  expect(seen.at(keyOf('b0'))).toBe(30_000)
  expect(seen.at(keyOf('new'))).toBe(30_001)
  expect(seen.at(keyOf('b1'))).toBeUndefined()
  expect(seen.at(keyOf('b2'))).toBe(2)
})
