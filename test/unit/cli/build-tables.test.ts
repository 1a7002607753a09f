import { describe, expect, it } from '@jest/globals'
import { buildsTable, buildTable } from '../../../src/cli/build-tables.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'

const NOW = Date.UTC(2026, 2, 4, 12)
const HOUR = 3_600_000

const PASSED: ApiBuild = {
  id: 'joyous-view-6290',
  branch: 'main',
  status: 'SUCCESS',
  sha: '12c15e7ee25fd78f567ebf87f9178b8ad70025b3',
  concluded: true,
  createdAt: new Date(NOW - 26 * HOUR).toISOString(),
  success: true,
  message: 'Image successfully built',
  buildConcludedAt: (NOW - 26 * HOUR + 252_000) / 1000,
}
const FAILED: ApiBuild = { ...PASSED, id: 'f', status: 'FAILURE', success: false, pullRequestId: 641 }
const RUNNING: ApiBuild = {
  id: 'r',
  status: 'BUILDING',
  concluded: false,
  branch: 'main',
  createdAt: new Date(NOW - 240_000).toISOString(),
}

describe('a table of builds', () => {
  it('says of each how it stands, of what, since when and how long it took', () => {
    expect(buildsTable([RUNNING, FAILED, PASSED], { now: NOW })).toBe(
      [
        'BUILD             STATUS    OUTCOME  BRANCH     COMMIT   AGE    TOOK',
        'r                 BUILDING           main                4 min',
        'f                 FAILURE   failure  #641 main  12c15e7  1 d    4 min 12 s',
        'joyous-view-6290  SUCCESS   success  main       12c15e7  1 d    4 min 12 s',
        '',
      ].join('\n'),
    )
  })

  it('gives branches what the line has left, and leaves them the number of their pull request', () => {
    const long = { ...FAILED, branch: 'dependabot/npm_and_yarn/example-scope/example-package-12.34.56' }
    const linesAt = (width: number) => buildsTable([long, PASSED], { now: NOW, width }).trimEnd().split('\n')
    expect(Math.max(...linesAt(80).map((line) => line.length))).toBe(80)
    expect(linesAt(80)[1]).toMatch(/ #641 dependabot?.*…/)
    expect(linesAt(200)[1]).toContain(` #641 ${long.branch} `)
    expect(linesAt(20)[1]).toContain(' #641 depend… ')
  })

  it('is made of builds of which nothing is known but the id', () => {
    expect(buildsTable([{ id: 'b' }], { now: NOW })).toBe('BUILD  STATUS\nb      -\n')
  })

  it('invents no outcome where status and success contradict one another', () => {
    expect(buildsTable([{ ...PASSED, success: false }], { now: NOW })).toMatch(/SUCCESS +unknown/)
  })

  it('shows nothing that a terminal would obey', () => {
    const hostile = {
      ...FAILED,
      id: '\u001b[2Jx\n',
      status: '\u009b',
      pullRequestId: '\u202e1',
      branch: '\r',
      sha: '\u001b'.repeat(9),
    }
    expect(buildsTable([hostile], { now: NOW }).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
    expect(buildsTable([hostile], { now: NOW }).split('\n')).toHaveLength(3)
  })

  it('has few words for what took no time', () => {
    const at = new Date(NOW).toISOString()
    expect(buildsTable([{ ...PASSED, createdAt: at, buildConcludedAt: NOW / 1000 }], { now: NOW })).toMatch(
      / now +< 1 s\n$/,
    )
  })

  it('of no builds is empty', () => {
    expect(buildsTable([], { now: NOW })).toBe('')
  })
})

describe('the table of one build', () => {
  it('tells instants with their age, and what the API has beyond what is known, as it is', () => {
    const raw = {
      ...FAILED,
      registry: { uri: 'registry.example.com/shop:1' },
      cache: { hit: true },
      image: 'x',
    }
    const build = { ...FAILED, registry: raw.registry }
    expect(buildTable(build, raw, NOW)).toEqual({
      build: 'f',
      status: 'FAILURE',
      outcome: 'failure',
      branch: 'main',
      'pull request': '641',
      commit: FAILED.sha,
      created: '2026-03-03 10:00:00Z (1 d ago)',
      concluded: '2026-03-03 10:04:12Z (1 d ago)',
      took: '4 min 12 s',
      message: 'Image successfully built',
      image: 'registry.example.com/shop:1',
      cache: { hit: true },
      'API image': 'x',
    })
  })

  it.each<[string, Partial<ApiBuild>, Record<string, unknown>]>([
    ['runs', { concluded: false }, { concluded: 'not yet' }],
    [
      'has ended nobody says when',
      { concluded: true, success: true },
      { outcome: 'success', concluded: 'yes' },
    ],
    ['has a time that nobody can read', { createdAt: 'yesterday' }, { created: 'yesterday' }],
    ['has nulls', { message: null, pullRequestId: null }, {}],
  ])('of one that %s says so', (_, fields, words) => {
    const build = { id: 'b', ...fields }
    expect(buildTable(build, build, NOW)).toEqual({ build: 'b', ...words })
  })

  it('shows a field of the wrong type as the API gave it', () => {
    expect(buildTable({ id: 'b' }, { id: 'b', concluded: 'yes', sha: 7 }, NOW)).toEqual({
      build: 'b',
      sha: 7,
      'API concluded': 'yes',
    })
  })
})
