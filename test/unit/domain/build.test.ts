import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import {
  type BuildRef,
  buildKey,
  encodeSegment,
  parseBuildKey,
  parseResourceKey,
  resourceKey,
} from '../../../src/domain/build.js'

const LONE_SURROGATE = 'half \ud83d'

/** Any text without lone surrogates, with those that mean something in paths, keys and patterns mixed in. */
const segment = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.string({
    unit: fc.constantFrom('.', '*', '/', '%', '2', 'E', '#', '?', '[', '\\', '{', '}'),
    minLength: 1,
  }),
  fc.constantFrom('teams', 'jobs', 'services', '..', '%2E', '__proto__', '\u0000', '日本', '👩‍👩‍👧'),
)
const ref: fc.Arbitrary<BuildRef> = fc
  .record({
    team: fc.option(segment),
    project: segment,
    kind: fc.constantFrom('jobs' as const, 'services' as const),
    resource: segment,
    build: segment,
  })
  .map(({ team, ...rest }) => (team === null ? rest : { team, ...rest }))

describe('buildKey', () => {
  it('is the path of the build, without and with a team', () => {
    const plain: BuildRef = { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'quick-fox-1' }
    expect(buildKey(plain)).toBe('shop/jobs/nightly/quick-fox-1')
    expect(buildKey({ ...plain, team: 'acme', kind: 'services' })).toBe(
      'teams/acme/shop/services/nightly/quick-fox-1',
    )
  })

  it('encodes what would end a segment, match as a pattern or walk up a path', () => {
    expect(buildKey({ team: '..', project: 'a/b', kind: 'jobs', resource: '*', build: '.' })).toBe(
      'teams/%2E%2E/a%2Fb/jobs/%2A/%2E',
    )
  })

  it('is read back as the very build that it names, whatever the ids are', () => {
    fc.assert(
      fc.property(ref, (any) => {
        expect(parseBuildKey(buildKey(any))).toEqual(any)
      }),
    )
  })

  it('holds nothing that a Redis pattern, a path or a log line would read as something else', () => {
    fc.assert(
      fc.property(ref, (any) => {
        expect(buildKey(any)).toMatch(/^[\w\-.!~'()%/]+$/)
        expect(buildKey(any).split('/')).toHaveLength(any.team === undefined ? 4 : 6)
      }),
    )
  })

  it('refuses half a character, because two builds would get one key', () => {
    const broken: BuildRef = { project: 'shop', kind: 'jobs', resource: 'nightly', build: LONE_SURROGATE }
    expect(() => buildKey(broken)).toThrow(
      expect.objectContaining({ code: 'INTERNAL', message: expect.stringContaining('half \\ud83d') }),
    )
  })
})

describe('resourceKey', () => {
  it('is the head of the keys of its builds', () => {
    fc.assert(
      fc.property(ref, (any) => {
        expect(buildKey(any)).toBe(`${resourceKey(any)}/${encodeSegment(any.build)}`)
      }),
    )
  })
})

describe('parseResourceKey', () => {
  it.each(['shop/jobs/nightly', 'teams/acme/shop/services/api', 'L%C3%A4den/jobs/a%2Ab'])(
    'reads back %s',
    (key) => {
      const ref = parseResourceKey(key)
      expect(ref && resourceKey(ref)).toBe(key)
      expect(ref).not.toHaveProperty('build')
    },
  )

  it.each([
    '',
    'shop',
    'shop/nightly',
    'shop/jobs/nightly/',
    'shop/jobs/nightly/quick-fox-1',
    'Läden/jobs/a',
  ])('takes %j for no key of a job or service', (text) => {
    expect(parseResourceKey(text)).toBeUndefined()
  })
})

describe('parseBuildKey', () => {
  it.each([
    ['nothing', ''],
    ['too few segments', 'shop/jobs/nightly'],
    ['too many segments', 'shop/jobs/nightly/quick-fox-1/more'],
    ['an unknown kind', 'shop/addons/nightly/quick-fox-1'],
    ['an empty id', 'shop/jobs//quick-fox-1'],
    ['an empty team', 'teams//shop/jobs/nightly/quick-fox-1'],
    ['a channel in place of a key', 'buildwatch:events:shop/jobs/nightly/*'],
    ['lower-case escapes, which buildKey never writes', 'shop/jobs/a%2fb/quick-fox-1'],
    ['an escape that was not needed', 'shop/jobs/%61/quick-fox-1'],
    ['a broken escape', 'shop/jobs/nightly/%E0%A4%A'],
    ['half a character', `shop/jobs/nightly/${LONE_SURROGATE}`],
    ['a line break at the end', 'shop/jobs/nightly/quick-fox-1\n'],
  ])('finds no build in %s', (_what, text) => {
    expect(parseBuildKey(text)).toBeUndefined()
  })

  it('gives a build that has this very key, or none, and never throws', () => {
    const almostKeys = fc
      .array(fc.oneof(segment, fc.constantFrom('jobs', 'teams', LONE_SURROGATE, '%')), { maxLength: 6 })
      .map((parts) => parts.join('/'))
    fc.assert(
      fc.property(fc.oneof(almostKeys, fc.string({ unit: 'binary' })), (text) => {
        const found = parseBuildKey(text)
        expect(found && buildKey(found)).toBe(found && text)
      }),
    )
  })
})
