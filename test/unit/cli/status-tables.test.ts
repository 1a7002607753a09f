import { describe, expect, it } from '@jest/globals'
import type { StatusFacts } from '../../../src/app/status.js'
import { statusTables } from '../../../src/cli/status-tables.js'

const AT = Date.UTC(2026, 2, 4, 12)
const MINUTE = 60_000

const QUIET: StatusFacts = {
  at: AT,
  replicas: [],
  accounts: [],
  targets: [],
  activeBuilds: [],
  unseenBuilds: [],
  lines: [],
  deliveries: { pending: 0, dead: 0 },
  suspended: [],
}

const TARGET = {
  id: 'shop/jobs/nightly',
  kind: 'feed',
  account: 'default',
  state: 'open',
  failedProbes: 0,
  activeBuilds: 2,
  answeredAt: AT - 5000,
  nextProbeAt: AT + 12_000,
} as const

const LINE = { resource: 'shop/jobs/nightly', outcome: 'failure', consecutive: 3 } as const

function told(facts: Partial<StatusFacts>): string {
  return statusTables({ ...QUIET, ...facts })
}

describe('the tables of status', () => {
  it('say that nothing runs where nothing does', () => {
    expect(told({})).toBe(
      [
        'DAEMONS: none has given a sign of life in the last 30 seconds',
        'ACCOUNTS: none',
        'TARGETS: none',
        'ACTIVE BUILDS: none',
        'LINES: none',
        'DELIVERIES: 0 waiting, 0 given up\n',
      ].join('\n\n'),
    )
  })

  it('name each daemon, how old its files are, and what of them is not in force', () => {
    const facts = {
      host: 'web-1',
      pid: 7,
      version: '0.1.0',
      configuration: { version: 3, digest: 'abc', loadedAt: AT - 2 * MINUTE },
      lastReload: {
        at: AT - MINUTE,
        ok: false,
        problems: ['shop.yaml:3:5: job: is no text'],
        badFiles: ['shop.yaml'],
      },
    }
    const text = told({ replicas: [{ replica: 'r1', at: AT, facts }] })
    expect(text).toContain('DAEMONS: 1 live')
    expect(text).toContain('  web-1, process 7, version 0.1.0, files read 2 min ago\n')
    expect(text).toContain('    not in force (1 min ago): shop.yaml:3:5: job: is no text\n')
  })

  it('show what an account has left, when more comes, and who spent it', () => {
    const account = {
      account: 'default',
      limit: 1000,
      remaining: 640,
      resetAt: AT + 20 * MINUTE,
      issued: 300,
      spentByUs: 300,
      spentByOthers: 60,
    }
    expect(told({ accounts: [account] })).toContain(
      [
        '  ACCOUNT  LEFT         RESET      SPENT BY US  BY OTHERS',
        '  default  640 of 1000  in 20 min  300          60',
      ].join('\n'),
    )
  })

  it('show of a target its active builds, its next poll and its last answer', () => {
    expect(told({ targets: [TARGET] })).toContain(
      [
        '  TARGET             ACTIVE  NEXT POLL  LAST ANSWER',
        '  shop/jobs/nightly  2       in 12 s    5 s ago',
      ].join('\n'),
    )
  })

  it('put targets in trouble first, with its words and the right that is missing', () => {
    const failing = {
      kind: 'gone',
      since: AT,
      count: 3,
      lastAt: AT,
      code: 'API_NOT_FOUND',
      detail: 'GET https://api.example.com/v1/x: no such job',
    } as const
    const trouble = { rev: 3, episode: 1, trouble: 'gone', since: AT - 60 * MINUTE, failing } as const
    const gone = { ...TARGET, id: 'shop/jobs/z', failure: 'API_NOT_FOUND', trouble }
    const lines = told({
      targets: [TARGET, { ...TARGET, id: 'shop/jobs/a', lacks: 'General > Read' }, gone],
    }).split('\n')
    const at = lines.indexOf('TARGETS')
    expect(lines[at + 2]).toContain('lacks "General > Read"')
    expect(lines[at + 3]).toContain('gone for 1 h: no such job')
    expect(lines[at + 4]).not.toContain('gone')
  })

  it('leave out what is over, and say what was given up', () => {
    const text = told({
      targets: [
        { ...TARGET, id: 'shop/jobs/a/b-1', state: 'finished' },
        { ...TARGET, id: 'shop/jobs/b/b-2', state: 'abandoned' },
      ],
    })
    expect(text).not.toContain('b-1')
    expect(text).toMatch(/b-2 .*given up/)
  })

  it('show of an active build its status, its age and what is usual', () => {
    const build = {
      key: 'shop/jobs/nightly/b-1',
      resource: 'shop/jobs/nightly',
      build: 'b-1',
      status: 'BUILDING',
      ageMs: 90 * MINUTE,
      usualMs: 8 * MINUTE,
      stuckAt: AT - MINUTE,
    }
    expect(told({ activeBuilds: [build] })).toMatch(
      /b-1 {2}BUILDING {2}1 h 30 min {2}8 min +stuck, told 1 min ago/,
    )
  })

  it('put red lines first, the longest red one at the top', () => {
    const lines = [
      { ...LINE, line: 'branch/main', build: 'b-9', result: 'passed', sinceAt: AT - 90 * MINUTE },
      { ...LINE, line: 'pr/12', build: 'b-8', result: 'failed', sinceAt: AT - MINUTE, consecutive: 1 },
      { ...LINE, line: 'branch/dev', build: 'b-7', result: 'failed', sinceAt: AT - 60 * MINUTE },
    ] as const
    const rows = told({ lines })
      .split('\n')
      .filter((row) => row.includes('nightly'))
    expect(rows.map((row) => row.trim().split(/ {2,}/))).toEqual([
      ['shop/jobs/nightly branch/dev', 'FAILING, 3 builds', '1 h ago', 'b-7'],
      ['shop/jobs/nightly pr/12', 'FAILING, 1 build', '1 min ago', 'b-8'],
      ['shop/jobs/nightly branch/main', 'passing, 3 builds', '1 h 30 min ago', 'b-9'],
    ])
  })

  it('cut a long list and say how to see all of it', () => {
    const targets = Array.from({ length: 60 }, (_, at) => ({ ...TARGET, id: `shop/jobs/j-${at}` }))
    expect(told({ targets })).toContain('… and 10 more: status -o json')
  })

  it('name suspended notifiers', () => {
    const text = told({ suspended: [{ notifier: 'ops', reason: 'HTTP 410', at: AT - MINUTE }] })
    expect(text).toContain('ops was suspended 1 min ago: HTTP 410')
  })
})
