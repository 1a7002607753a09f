import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import {
  LONGEST_MESSAGE,
  LONGEST_WORD,
  parseBuild,
  parseBuilds,
  parsePagination,
} from '../../../src/northflank/parse-build.js'
import { BUILD } from './fixtures.js'

describe('a build object', () => {
  test('the documented example is kept verbatim', () => {
    expect(parseBuild(BUILD)).toEqual(BUILD)
  })

  test('an id is enough', () => {
    expect(parseBuild({ id: 'b' })).toEqual({ id: 'b' })
  })

  test.each([undefined, null, 'b', 7, [], [{ id: 'b' }], {}, { id: '' }, { id: 7 }, { id: null }])(
    '%j is no build',
    (value) => {
      expect(parseBuild(value)).toBeUndefined()
    },
  )

  test('fields of a wrong type are dropped one by one', () => {
    const wrong = {
      id: 'b',
      branch: 7,
      sha: 12e5,
      status: ['SUCCESS'],
      concluded: 'true',
      success: 1,
      message: {},
      pullRequestId: {},
      createdAt: 0,
      buildConcludedAt: '1606237973',
      registry: 'uri',
    }
    expect(parseBuild(wrong)).toEqual({ id: 'b' })
  })

  test('null is kept where the API means it, and is absent elsewhere', () => {
    const nulls = { id: 'b', message: null, pullRequestId: null, status: null, success: null, registry: null }
    expect(parseBuild(nulls)).toEqual({ id: 'b', message: null, pullRequestId: null })
  })

  test('an unknown status and unknown fields do no harm', () => {
    expect(parseBuild({ id: 'b', status: 'PAINTING', colour: 'red' })).toEqual({
      id: 'b',
      status: 'PAINTING',
    })
  })

  test('pull requests are numbers or strings', () => {
    expect(parseBuild({ id: 'b', pullRequestId: 42 })?.pullRequestId).toBe(42)
    expect(parseBuild({ id: 'b', pullRequestId: '42' })?.pullRequestId).toBe('42')
  })

  test('a number beyond JavaScript is dropped, for it would be stored as null', () => {
    expect(parseBuild(JSON.parse('{"id":"b","buildConcludedAt":1e999,"pullRequestId":-1e999}'))).toEqual({
      id: 'b',
    })
  })

  test('of the registry only the uri is kept', () => {
    expect(parseBuild({ id: 'b', registry: { uri: 'r/i:1', auth: 'x' } })).toEqual({
      id: 'b',
      registry: { uri: 'r/i:1' },
    })
    expect(parseBuild({ id: 'b', registry: {} })).toEqual({ id: 'b' })
  })

  test('a word that is too long, empty or no Unicode is dropped', () => {
    const words = { status: 'S'.repeat(LONGEST_WORD + 1), branch: '', sha: '\ud800' }
    expect(parseBuild({ id: 'b', ...words })).toEqual({ id: 'b' })
    expect(parseBuild({ id: 'b'.repeat(LONGEST_WORD + 1) })).toBeUndefined()
  })

  test.each(['', 'a'])('a long message that begins with %j is cut between characters', (begin) => {
    const message = parseBuild({ id: 'b', message: begin + '😀'.repeat(LONGEST_MESSAGE) })?.message ?? ''
    expect(LONGEST_MESSAGE - message.length).toBeLessThanOrEqual(1)
    expect(/^a?(?:😀)+…$/u.test(message)).toBe(true)
  })

  test('a prototype lends no field', () => {
    expect(parseBuild(JSON.parse('{"id":"b","__proto__":{"status":"SUCCESS"}}'))).toEqual({ id: 'b' })
    expect(parseBuild(Object.create({ id: 'b' }))).toBeUndefined()
  })

  test('whatever JSON comes, a parsed build is well-typed, verbatim, and made of documented fields', () => {
    const near = fc.record(
      Object.fromEntries(
        [...Object.keys(BUILD), 'pullRequestId', 'registry'].map((name) => [
          name,
          fc.oneof(fc.jsonValue(), fc.string(), fc.boolean(), fc.double()),
        ]),
      ),
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(near, fc.jsonValue()), (value) => {
        const build = parseBuild(value)
        if (build === undefined) return
        const { id, status = 'S', concluded = false, success = false, buildConcludedAt = 0, ...rest } = build
        expect([typeof id, typeof status, typeof concluded, typeof success]).toEqual([
          'string',
          'string',
          'boolean',
          'boolean',
        ])
        expect(Number.isFinite(buildConcludedAt)).toBe(true)
        expect(() => encodeURIComponent(id + status)).not.toThrow()
        expect(['branch', 'sha', 'message', 'pullRequestId', 'createdAt', 'registry']).toEqual(
          expect.arrayContaining(Object.keys(rest)),
        )
        const { registry: _, ...verbatim } = build
        expect(value).toMatchObject(verbatim)
      }),
      { numRuns: 500 },
    )
  })
})

describe('a list of builds', () => {
  test('entries that are no builds are left out', () => {
    expect(parseBuilds({ builds: [{ id: 'a' }, null, { status: 'SUCCESS' }, { id: 'b' }] })).toEqual([
      { id: 'a' },
      { id: 'b' },
    ])
  })

  test.each([undefined, null, {}, { builds: {} }, { builds: 'x' }, { builds: [{}] }, []])(
    '%j holds no list',
    (value) => {
      expect(parseBuilds(value)).toBeUndefined()
    },
  )

  test('there is a next page only if the API says so in so many words', () => {
    expect(parsePagination({ hasNextPage: true, cursor: 'c', count: 2 })).toEqual({
      hasNextPage: true,
      cursor: 'c',
      count: 2,
    })
    expect(parsePagination({ hasNextPage: 'true', cursor: 7, count: null })).toEqual({ hasNextPage: false })
    expect(parsePagination(undefined)).toEqual({ hasNextPage: false })
  })
})
