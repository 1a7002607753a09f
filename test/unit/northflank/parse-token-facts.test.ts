import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { parseTokenFacts } from '../../../src/northflank/parse-token-facts.js'

const factsOf = (answer: object) => parseTokenFacts(new Map(Object.entries(answer)))
const AT = Date.UTC(2027, 0, 1)

describe('the end of a token', () => {
  test.each([
    ['expiresAt', '2027-01-01T00:00:00.000Z'],
    ['expires_at', '2027-01-01T01:00:00+01:00'],
    ['expiry', AT],
    ['exp', AT / 1000],
    ['exp', String(AT / 1000)],
  ])('is read from %s: %j', (name, value) => {
    expect(factsOf({ [name]: value })).toEqual({ expiresAt: AT })
    expect(factsOf({ data: { [name]: value } })).toEqual({ expiresAt: AT })
  })

  test.each([null, 0, -1, 'never', '', {}, 1e300, Number.NaN, '0001-01-01T00:00:00Z'])(
    'is unknown for %j',
    (value) => {
      expect(factsOf({ expiresAt: value })).toEqual({})
    },
  )

  test('that cannot be read under one name is looked for under the next', () => {
    expect(factsOf({ data: { expiresAt: null }, exp: AT / 1000 })).toEqual({ expiresAt: AT })
  })
})

describe('permissions', () => {
  test.each<[string, unknown, string[]]>([
    ['a list', ['Project > Jobs > General > Read', '', 7], ['Project > Jobs > General > Read']],
    ['an empty list', [], []],
    [
      'maps within maps',
      { Project: { Jobs: { General: { Read: true, Update: false }, Deployment: { 'Deploy Build': true } } } },
      ['Project > Jobs > General > Read', 'Project > Jobs > Deployment > Deploy Build'],
    ],
    [
      'a map that ends in lists',
      { project: { jobs: ['read', 'update'] } },
      ['project > jobs > read', 'project > jobs > update'],
    ],
    ['a map that grants nothing', { Project: { Jobs: false } }, []],
    ['a list of what is none', [true, null, 1, {}], []],
  ])('as %s', (_name, permissions, expected) => {
    expect(factsOf({ data: { permissions } })).toEqual({ permissions: expected })
    expect(factsOf({ scopes: permissions })).toEqual({ permissions: expected })
  })

  test.each(['all', true, 7, null])('are unknown for %j', (permissions) => {
    expect(factsOf({ permissions })).toEqual({})
  })

  test('nested without end are left', () => {
    const permissions: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000))
    expect(factsOf({ permissions })).toEqual({ permissions: [] })
  })
})

test('account and team are names, or things that have one', () => {
  expect(factsOf({ data: { account: 'acme', team: { id: 't-1', name: 'shop' } } })).toEqual({
    account: 'acme',
    team: 'shop',
  })
  expect(factsOf({ account: { id: 'a-1' }, team: 7 })).toEqual({ account: 'a-1' })
})

test('what is shown to people is one printable line', () => {
  expect(factsOf({ account: 'a\u001b[31m\nb', permissions: ['x'.repeat(1000)] })).toEqual({
    account: String.raw`a\u001b[31m\u000ab`,
    permissions: [`${'x'.repeat(199)}…`],
  })
})

test('whatever JSON comes, the facts are instants that a calendar has, and short texts', () => {
  const value = fc.oneof(
    fc.jsonValue(),
    fc.double(),
    fc.date({ noInvalidDate: true }).map((at) => at.toISOString()),
  )
  const answer = fc.dictionary(
    fc.constantFrom('data', 'expiresAt', 'exp', 'permissions', 'scopes', 'account', 'team'),
    fc.oneof(value, fc.dictionary(fc.constantFrom('expiresAt', 'permissions', 'account', 'team'), value)),
  )
  fc.assert(
    fc.property(answer, (fields) => {
      const { expiresAt = 0, permissions = [], account = '', team = '' } = factsOf(fields)
      expect(() => new Date(expiresAt).toISOString()).not.toThrow()
      for (const text of [...permissions, account, team]) expect(text).toMatch(/^\P{Cc}{0,200}$/u)
    }),
  )
})
