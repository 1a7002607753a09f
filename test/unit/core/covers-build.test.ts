import { describe, expect, it } from '@jest/globals'
import { coverageOf, type Standing } from '../../../src/core/covers-build.js'
import type { BuildFilter } from '../../../src/domain/build-filter.js'
import type { WatchedTarget } from '../../../src/domain/ports.js'
import type { Pacing, Windows } from '../../../src/domain/target.js'
import { type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'

const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const NAMED = { kind: 'named', ref: { ...JOB, build: 'a' } } as const
const polling = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }
const ALL: BuildFilter = { branches: [], pullRequests: 'with' }

function feed(
  filter: BuildFilter = ALL,
  more: { windows?: Windows; named?: string[]; pacing?: object } = {},
) {
  const { windows = [], named = [], pacing = {} } = more
  const target: WatchedTarget['target'] = {
    kind: 'feed',
    id: 'shop/jobs/nightly',
    account: 'default',
    ref: JOB,
    interests: [{ id: 'i', filter, catchUpMs: 0, routes: [], windows }],
    named: named.map((build) => ({ build, routes: [], windows: [] })),
    polling,
  }
  const paced: Pacing = { polls: 1, errors: 0, ...pacing }
  return { target, pacing: paced }
}

const recorded = (more: Partial<RecordedBuild>): RecordedBuild => ({ ...UNRECORDED, seq: 1, ...more })
const newest = (choice: object) => ({ kind: 'newest', ref: JOB, choice }) as const
type Stood = Omit<Standing, 'isFollowed'> & Partial<Pick<Standing, 'isFollowed'>>
/** What is on record is followed, where nothing else is said. */
const kindOf = (wanted: Parameters<typeof coverageOf>[0], standing: Stood) =>
  coverageOf(wanted, { isFollowed: standing.recorded !== undefined, ...standing }).kind

describe('a build that is named is covered', () => {
  it('where it is on record and a watch goes on with it', () => {
    expect(kindOf(NAMED, { targets: [feed()], recorded: recorded({}) })).toBe('covered')
  })

  it('where a watch names it, seen or not', () => {
    expect(kindOf(NAMED, { targets: [feed(ALL, { named: ['a'] })] })).toBe('covered')
  })

  it('where the daemon was sent away for a while, as whoever asks in its place would be', () => {
    const pacing = { failure: 'API_THROTTLED' }
    expect(kindOf(NAMED, { targets: [feed(ALL, { pacing })], recorded: recorded({}) })).toBe('covered')
  })

  it('where it has ended, whoever wants it', () => {
    expect(kindOf(NAMED, { targets: [], recorded: recorded({ concluded: true }) })).toBe('covered')
  })

  it.each<[string, Stood]>([
    ['no watch wants it', { targets: [], recorded: recorded({}) }],
    ['the daemon has not seen it', { targets: [feed()] }],
    ['no watch goes on with it', { targets: [feed()], recorded: recorded({}), isFollowed: false }],
    ['it cannot be seen itself', { targets: [feed()], recorded: recorded({}), trouble: 'gone' }],
    [
      'the daemon cannot see it now',
      { targets: [feed(ALL, { pacing: { failure: 'API_FORBIDDEN' } })], recorded: recorded({}) },
    ],
  ])('but not where %s', (_, standing) => {
    expect(kindOf(NAMED, standing)).toBe('not_covered')
  })
})

describe('the newest build is covered', () => {
  it('where it is under way', () => {
    expect(kindOf(newest({}), { targets: [feed()], recorded: recorded({}) })).toBe('covered')
  })

  it('by a watch that leaves out pull requests, where the branch alone is named', () => {
    const standing = {
      targets: [feed({ branches: ['main'], pullRequests: 'without' })],
      recorded: recorded({}),
    }
    expect(kindOf(newest({ branch: 'main' }), standing)).toBe('covered')
    expect(kindOf(newest({ branch: 'main', pullRequest: '7' }), standing)).toBe('not_covered')
  })

  it('by a watch of its branch', () => {
    const targets = [feed({ branches: ['release/*'], pullRequests: 'with' })]
    const standing = { targets, recorded: recorded({}) }
    expect(kindOf(newest({ branch: 'release/1' }), standing)).toBe('covered')
    expect(kindOf(newest({ branch: 'main' }), standing)).toBe('not_covered')
    expect(kindOf(newest({}), standing)).toBe('not_covered')
  })

  it('where it has ended only if nothing newer can be meant', () => {
    const standing = { targets: [feed()], recorded: recorded({ concluded: true }) }
    expect(kindOf(newest({}), standing)).toBe('not_covered')
    expect(kindOf(newest({ commit: '0123456' }), standing)).toBe('covered')
    expect(kindOf(newest({ sinceAt: 1 }), standing)).toBe('covered')
  })

  it('by no watch that is not always open', () => {
    const windows = [{ cron: '* 8-18 * * *', timezone: 'UTC' }]
    expect(kindOf(newest({}), { targets: [feed(ALL, { windows })], recorded: recorded({}) })).toBe(
      'not_covered',
    )
  })
})
