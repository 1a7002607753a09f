import { describe, expect, it } from '@jest/globals'
import type { JobHistory } from '../../../src/app/job-history.js'
import { paintFor } from '../../../src/cli/colour.js'
import { historyCsv } from '../../../src/cli/history-csv.js'
import { historyTables } from '../../../src/cli/history-tables.js'
import { textWidth } from '../../../src/cli/text-width.js'
import { type PastRun, summaryOf } from '../../../src/domain/job-history.js'

const NOW = Date.UTC(2026, 2, 4, 12)
const HOUR = 3_600_000

function run(build: string, more: Partial<PastRun> = {}): PastRun {
  const served = { id: build, branch: 'main', sha: '262f6fba0a1c4a0d' }
  return {
    build,
    createdAt: NOW - HOUR,
    durationMs: 252_000,
    served,
    line: 'branch/main',
    outcome: 'success',
    ...more,
  }
}

function facts(builds: readonly PastRun[], lines: JobHistory['lines'] = []): JobHistory {
  return { job: 'shop/jobs/nightly', known: builds.length, summary: summaryOf(builds), lines, builds }
}

const PLAIN = { paint: (text: string) => text, levels: '_#', now: NOW }
const rowOf = (text: string, build: string) => text.split('\n').find((line) => line.includes(build)) ?? ''

describe('the table of past builds', () => {
  const longest = run('joyous-view-6290', {
    durationMs: 3_599_000,
    verdict: 'still_passing',
    served: { id: '', branch: 'feature/a-rather-long-branch-name', sha: '262f6fba0a1c4a0d' },
  })

  it('fits into eighty columns, and shows the branch whole where there is no terminal', () => {
    const wide = historyTables(facts([longest]), PLAIN)
    expect(rowOf(wide, 'joyous')).toContain('feature/a-rather-long-branch-name')
    const narrow = historyTables(facts([longest]), { ...PLAIN, width: 80 })
    expect(rowOf(narrow, 'joyous')).toBe(
      'joyous-view-6290  03-04 11:00  featu…  262f6fb  # 59m59s  success  still_passing',
    )
    for (const line of narrow.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('counts the cells that a branch takes on a terminal', () => {
    const wide = run('b-1', { served: { id: 'b-1', branch: '漢字'.repeat(20), sha: '262f6fba0a1c4a0d' } })
    const rows = historyTables(facts([wide, run('b-2')]), { ...PLAIN, width: 60 })
    const row = rowOf(rows, 'b-1')
    expect(textWidth(row)).toBeLessThanOrEqual(60)
    expect(row).toContain('漢字漢字')
    const upToCommit = (line: string) => textWidth(line.slice(0, line.indexOf('262f6fb')))
    expect(upToCommit(row)).toBe(upToCommit(rowOf(rows, 'b-2')))
  })

  it('narrows a branch that is longer than any table shows', () => {
    const long = run('b-1', { served: { id: 'b-1', branch: 'x'.repeat(300) } })
    const row = rowOf(historyTables(facts([long]), { ...PLAIN, width: 60 }), 'b-1')
    expect(row).toContain(' xxx')
    expect(textWidth(row)).toBeLessThanOrEqual(60)
  })

  it('leaves a table alone that fits', () => {
    const text = historyTables(facts([run('b-1')]), PLAIN)
    expect(historyTables(facts([run('b-1')]), { ...PLAIN, width: 80 })).toBe(text)
  })

  it('says the year where it does not go without saying', () => {
    const old = run('b-1', { createdAt: NOW - 400 * 24 * HOUR })
    expect(rowOf(historyTables(facts([old]), PLAIN), 'b-1')).toContain('  2025-01-28  ')
    const ahead = run('b-1', { createdAt: NOW + 400 * 24 * HOUR })
    expect(rowOf(historyTables(facts([ahead]), PLAIN), 'b-1')).toContain('  2027-04-08  ')
  })

  it('names pull requests, and ends that came too late for a verdict', () => {
    const late = run('b-1', { superseded: true, served: { id: 'b-1', branch: 'fix', pullRequestId: 17 } })
    expect(rowOf(historyTables(facts([late]), PLAIN), 'b-1')).toMatch(/ PR 17 fix +.* success +superseded$/)
  })

  it('lists failing lines first, and not more than ten', () => {
    const line = (name: string, result: 'passed' | 'failed') => ({
      line: name,
      result,
      consecutive: 2,
      sinceAt: NOW - HOUR,
    })
    const passing = Array.from({ length: 10 }, (_, at) => line(`branch/passing-${at}`, 'passed'))
    const text = historyTables(facts([run('b-1')], [...passing, line('pr/17', 'failed')]), PLAIN)
    expect(text).toMatch(
      /^LINE +STATE +STREAK\npull request 17 +FAILING +2 builds in a row +since 1 h\npassing-0 /m,
    )
    expect(text).not.toContain('passing-9')
    expect(text).toContain('\n… and 1 more: -o json\n')
  })

  it('draws the newest sixty durations, the newest last', () => {
    const many = Array.from({ length: 70 }, (_, at) => run(`b-${at}`, { durationMs: at === 0 ? 1000 : 100 }))
    expect(historyTables(facts(many), PLAIN)).toContain(`\n${'_'.repeat(59)}#  oldest to newest`)
  })

  it('says so where nothing is known to have passed or failed', () => {
    const text = historyTables(facts([run('b-1', { outcome: 'aborted' })]), PLAIN)
    expect(text).toContain('none is known to have passed or failed; median 4 min 12 s')
    expect(text).toContain('LINES: none is known')
  })

  it('paints failures on a terminal only, and not against NO_COLOR', () => {
    const builds = facts([run('b-1', { outcome: 'crashed' }), run('b-2'), run('b-3', { outcome: 'unknown' })])
    const painted = (isTTY: boolean, env: Record<string, string> = {}) => {
      const stdout = Object.assign(Object.create(process.stdout), { isTTY })
      return historyTables(builds, { ...PLAIN, paint: paintFor({ stdout, stderr: stdout, env }) })
    }
    expect(painted(true).replaceAll('\u001b', '^')).toMatch(
      /\n\^\[31mb-1 .*\^\[0m\nb-2 .*\n\^\[33mb-3 .*\^\[0m\n/,
    )
    expect(painted(false)).not.toContain('\u001b')
    expect(painted(true, { NO_COLOR: '1' })).not.toContain('\u001b')
  })
})

describe('past builds as CSV', () => {
  const branchOf = (branch: string) =>
    historyCsv(facts([run('b-1', { served: { id: 'b-1', branch } })])).split('\r\n')[1]

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '＝1'])('makes no formula of the branch %j', (branch) => {
    expect(branchOf(branch)).toMatch(/,b-1,"?'/)
  })

  it.each([
    ['main', 'main'],
    ['a=b', 'a=b'],
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['a\r\nb', 'a\\u000d\\u000ab'],
  ])('writes %j as %s', (branch, cell) => {
    expect(branchOf(branch)).toContain(`,b-1,${cell},,,success,`)
  })

  it('leaves empty what is not known', () => {
    const { served: _, outcome: __, ...bare } = run('b-1')
    expect(historyCsv(facts([bare])).split('\r\n')).toEqual([
      'job,started_at_epoch_s,duration_s,build,branch,pull_request,sha,outcome,verdict',
      `shop/jobs/nightly,${(NOW - HOUR) / 1000},252,b-1,,,,,`,
      '',
    ])
  })
})
