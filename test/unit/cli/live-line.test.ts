import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { type LiveBuild, liveLine, liveLines } from '../../../src/cli/live-line.js'
import { textWidth } from '../../../src/cli/text-width.js'
import { OUTCOMES } from '../../../src/domain/outcome.js'

const LOOK = { columns: 80, colour: false, unicode: true }
const building: LiveBuild = {
  key: 'shop/jobs/nightly/quick-fox-1',
  status: 'BUILDING',
  elapsedMs: 72_000,
  statusForMs: 40_000,
}
const usual = { medianMs: 118_000, p90Ms: 180_000, progress: 0.61, leftMs: 43_000 }
const expected: LiveBuild = { ...building, usual }
const troubled: LiveBuild = { ...expected, trouble: 'no answer for 20 s (API_UNREACHABLE)' }
const failed: LiveBuild = { ...expected, status: 'FAILURE', outcome: 'failure', tookMs: 252_000 }

const unseen: LiveBuild = { ...building, status: undefined, elapsedMs: undefined, statusForMs: 7000 }

describe('the line of a build at 80 columns', () => {
  it.each<[string, LiveBuild, string]>([
    [
      'with a past to go by',
      expected,
      'nightly/quick-fox-1  BUILDING 1m 12s  ██████░░░░ 61 %  about 45 s left',
    ],
    [
      'that nothing is said to be left of',
      { ...expected, usual: { ...usual, leftMs: undefined } },
      'nightly/quick-fox-1  BUILDING 1m 12s  ██████░░░░ 61 %',
    ],
    [
      'that is due',
      { ...expected, usual: { ...usual, progress: 1.2, leftMs: 0 } },
      'nightly/quick-fox-1  BUILDING 1m 12s  █████████░ 99 %  due now',
    ],
    [
      'that has barely begun',
      { ...expected, elapsedMs: 400, usual: { ...usual, progress: 0.004, leftMs: 118_000 } },
      'nightly/quick-fox-1  BUILDING 0s  ░░░░░░░░░░  0 %  about 2 min left',
    ],
    [
      'that takes longer than usual',
      { ...expected, elapsedMs: 185_000 },
      'nightly/quick-fox-1  BUILDING 3m 05s  longer than usual (p90 3m)',
    ],
    ['of a job without a past', building, 'nightly/quick-fox-1  BUILDING 1m 12s'],
    ['of unknown age', { ...building, elapsedMs: undefined }, 'nightly/quick-fox-1  BUILDING for 40s'],
    ['without a status', { ...building, status: undefined }, 'nightly/quick-fox-1  no status 1m 12s'],
    ['that is not there yet', unseen, 'nightly/quick-fox-1  waiting to appear 7s'],
    [
      'that cannot be seen',
      troubled,
      'nightly/quick-fox-1  BUILDING 1m 12s  no answer for 20 s (API_UNREACHABLE)',
    ],
    ['that failed', failed, 'nightly/quick-fox-1  failed after 4 min 12 s'],
    [
      'that ended, nobody knows when',
      { ...building, outcome: 'aborted' },
      'nightly/quick-fox-1  was aborted',
    ],
    [
      'that runs for hours',
      { ...building, elapsedMs: 3_840_000, usual: { ...usual, p90Ms: 7_200_000, leftMs: 4_801_000 } },
      'nightly/quick-fox-1  BUILDING 1h 04m  ██████░░░░ 61 %  about 1 h 21 min left',
    ],
    ['that runs for days', { ...building, elapsedMs: 270_000_000 }, 'nightly/quick-fox-1  BUILDING 3d 3h'],
  ])('%s', (_, build, line) => {
    expect(liveLine(build, LOOK)).toBe(line)
  })
})

describe('a line that does not fit', () => {
  it.each<[LiveBuild, number, string]>([
    [expected, 60, 'nightly/quick-fox-1  BUILDING 1m 12s  about 45 s left'],
    [expected, 40, 'nightly/quick-fox-1  BUILDING 1m 12s'],
    [expected, 30, 'quick-fox-1  BUILDING 1m 12s'],
    [expected, 25, '…-fox-1  BUILDING 1m 12s'],
    [expected, 12, '…fox-1  BU…'],
    [troubled, 70, 'quick-fox-1  BUILDING 1m 12s  no answer for 20 s (API_UNREACHABLE)'],
    [troubled, 50, 'quick-fox-1  no answer for 20 s (API_UNREACHABLE)'],
    [troubled, 40, '…fox-1  no answer for 20 s (API_UNREAC…'],
    [failed, 40, 'quick-fox-1  failed after 4 min 12 s'],
    [failed, 34, '…k-fox-1  failed after 4 min 12 s'],
  ])('%#: leaves out the bar first and trouble and ends last', (build, columns, line) => {
    expect(liveLine(build, { ...LOOK, columns })).toBe(line)
  })

  it('keeps or drops the bar whatever is expected', () => {
    const hasBar = [59 * 60_000, 60_000, 5000, 0, undefined].map((leftMs) =>
      liveLine({ ...expected, usual: { ...usual, leftMs } }, { ...LOOK, columns: 70 }).includes('█'),
    )
    expect(new Set(hasBar).size).toBe(1)
  })

  it('is narrower than its terminal, whatever a build is called and however it stands', () => {
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
    const builds = fc.record({
      key: fc.oneof(text, fc.constantFrom('shop/jobs/nightly/quick-fox-1', 'teams/a/b/services/c/d')),
      status: fc.option(text, { nil: undefined }),
      elapsedMs: fc.option(fc.nat(400_000), { nil: undefined }),
      statusForMs: fc.nat(),
      usual: fc.record({
        medianMs: fc.nat(),
        p90Ms: fc.nat(400_000),
        progress: fc.double(),
        leftMs: fc.option(fc.nat(), { nil: undefined }),
      }),
      ended: fc.option(fc.constantFrom(...OUTCOMES)),
      unsaid: fc.option(text),
    })
    fc.assert(
      fc.property(
        fc.array(builds, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 8, max: 130 }),
        fc.boolean(),
        (all, columns, unicode) => {
          const shown = all.map(
            ({ ended, unsaid, ...build }): LiveBuild => ({
              ...build,
              ...(ended === null ? {} : { outcome: ended }),
              ...(unsaid === null ? {} : { trouble: unsaid }),
            }),
          )
          for (const line of liveLines(shown, { columns, colour: false, unicode })) {
            expect(textWidth(line)).toBeLessThan(columns)
            expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
            if (!unicode) expect(line).toMatch(/^[\x20-\x7e]*$/)
            expect(line).not.toContain('NaN')
          }
        },
      ),
    )
  })
})

describe('the lines of several builds', () => {
  it('stand in columns', () => {
    const other = { ...expected, key: 'shop/services/api/calm-river-20', status: 'PENDING', elapsedMs: 3000 }
    expect(
      liveLines(
        [expected, other, failed, unseen].map((each, at) => ({ ...each, key: `${each.key}${at}` })),
        LOOK,
      ),
    ).toEqual([
      'nightly/quick-fox-10  BUILDING 1m 12s  ██████░░░░ 61 %  about 45 s left',
      'api/calm-river-201    PENDING 3s       ██████░░░░ 61 %  about 45 s left',
      'nightly/quick-fox-12  failed after 4 min 12 s',
      'nightly/quick-fox-13  waiting to appear 7s',
    ])
  })

  it('give up their columns one by one where there is no room for them', () => {
    const long = {
      ...building,
      key: 'shop/jobs/web/silent-waterfall-22',
      status: 'WAITING_FOR_MACHINE',
      usual,
    }
    expect(liveLines([long, troubled], LOOK)).toEqual([
      'web/silent-waterfall-22  WAITING_FOR_MACHINE 1m 12s  about 45 s left',
      'nightly/quick-fox-1      BUILDING 1m 12s  no answer for 20 s (API_UNREACHABLE)',
    ])
  })

  it('name whole keys where two builds would have one name', () => {
    const lines = liveLines([building, { ...building, key: 'till/jobs/nightly/quick-fox-1' }], LOOK)
    expect(lines).toEqual([
      'shop/jobs/nightly/quick-fox-1  BUILDING 1m 12s',
      'till/jobs/nightly/quick-fox-1  BUILDING 1m 12s',
    ])
  })
})

describe('colour', () => {
  it.each([
    ['success', '\u001b[32msucceeded after 4 min 12 s\u001b[0m'],
    ['failure', '\u001b[31mfailed after 4 min 12 s\u001b[0m'],
    ['crashed', '\u001b[31mcrashed after 4 min 12 s\u001b[0m'],
    ['submission_failure', '\u001b[31mcould not be submitted after 4 min 12 s\u001b[0m'],
    ['aborted', '\u001b[33mwas aborted after 4 min 12 s\u001b[0m'],
    ['unknown', '\u001b[33mended with an unknown outcome after 4 min 12 s\u001b[0m'],
  ] as const)('says how a build ended: %s', (outcome, words) => {
    expect(liveLine({ ...failed, outcome }, { ...LOOK, colour: true })).toBe(`nightly/quick-fox-1  ${words}`)
  })

  it('says nothing of a build that runs', () => {
    for (const build of [building, expected, troubled, unseen]) {
      expect(liveLine(build, { ...LOOK, colour: true })).toBe(liveLine(build, LOOK))
    }
  })
})

describe('foreign text', () => {
  it('reaches no terminal as it is', () => {
    expect(liveLine({ ...building, status: '\u001b[2J\nGONE' }, LOOK)).toBe(
      'nightly/quick-fox-1  \\u001b[2J\\u000aGONE 1m 12s',
    )
    expect(liveLine({ ...troubled, trouble: '\u009b2J' }, LOOK)).toContain('\\u009b2J')
  })

  it('is ASCII where the terminal knows no more', () => {
    expect(liveLine({ ...expected, status: 'Ü🚀' }, { ...LOOK, unicode: false })).toBe(
      'nightly/quick-fox-1  \\u00dc\\ud83d\\ude80 1m 12s  about 45 s left',
    )
    expect(liveLine(expected, { ...LOOK, unicode: false })).toBe(
      'nightly/quick-fox-1  BUILDING 1m 12s  ######.... 61 %  about 45 s left',
    )
  })

  it('is cut where a status is a story', () => {
    const story = { ...building, status: 'WAITING_FOR_A_MACHINE_THAT_NOBODY_HAS_BUILT_YET' }
    expect(liveLine(story, LOOK)).toBe('nightly/quick-fox-1  WAITING_FOR_A_MACHINE_THAT_NO… 1m 12s')
  })
})
