import { execFileSync } from 'node:child_process'
import { expect, test } from '@jest/globals'
import { transformFileSync } from '@swc/core'
import { parseSince } from '../../../src/config/since.js'

test.each([
  ['2026-11-01', '2026-11-01T00:00:00.000Z'],
  ['2026-11-01T08:30', '2026-11-01T08:30:00.000Z'],
  ['2026-11-01T08:30:15', '2026-11-01T08:30:15.000Z'],
  ['2026-11-01T08:30:15.250Z', '2026-11-01T08:30:15.250Z'],
  ['2026-11-01T08:30+02:00', '2026-11-01T06:30:00.000Z'],
  ['2026-11-01T00:30:00-05:00', '2026-11-01T05:30:00.000Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
])('%s is %s', (text, instant) => {
  expect(parseSince(text)).toBe(Date.parse(instant))
})

test.each([
  '',
  'yesterday',
  '2026',
  '2026-11',
  '2026-11-1',
  '01.11.2026',
  '2026-11-01 08:30',
  '2026-11-01T08',
  '2026-11-01T08:30 Z',
  '2026-11-01T25:00',
  '2026-11-01T08:30+0200',
  '2026-11-01T08:30+99:00',
  '2026-13-01',
  '2026-02-29',
  '2026-02-30T08:00:00+02:00',
])('%p is no instant', (text) => {
  expect(parseSince(text)).toBeUndefined()
})

test.each([
  ['Pacific/Kiritimati', -840],
  ['America/Los_Angeles', 480],
])('what has no offset is in UTC, though the daemon runs in %s', (zone, offset) => {
  // The time zone of a process is settled when it starts.
  const { code } = transformFileSync('src/config/since.ts', {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  })
  const asked = `${code}
    const instants = ['2026-11-01', '2026-11-01T08:30', '2026-11-01T08:30+02:00'].map(parseSince)
    console.log(JSON.stringify([new Date('2026-12-01').getTimezoneOffset(), ...instants]))`
  const answer = execFileSync(process.execPath, ['--input-type=module', '--eval', asked], {
    env: { ...process.env, TZ: zone },
    encoding: 'utf8',
  })
  expect(JSON.parse(answer)).toEqual([
    offset,
    ...['2026-11-01T00:00Z', '2026-11-01T08:30Z', '2026-11-01T06:30Z'].map((instant) => Date.parse(instant)),
  ])
})
