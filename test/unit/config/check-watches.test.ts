import { describe, expect, test } from '@jest/globals'
import { load } from './fixture.js'

const HEAD = `accounts: { default: { token: "\${TOKEN}" }, b: { token: "\${TOKEN}" } }
notifiers: { console: { type: log } }
watches:
`
const ONE = 'watch it through one account'
const MERGED = 'the two are merged: all routes, the tightest intervals'

/** Watches start on the fourth line. */
test('an address of metrics that others may reach is warned about', async () => {
  const warningsOf = async (host: string) => {
    const text = `accounts: { default: { token: "\${TOKEN}" } }\nhttp: { host: "${host}" }\n`
    return (await load({ 'settings.yaml': text })).warnings
  }
  expect(await warningsOf('0.0.0.0')).toEqual([expect.stringContaining('there is no authentication')])
  expect(await warningsOf('127.0.0.1')).toEqual([])
  expect(await warningsOf('::1')).toEqual([])
})

async function check(...watches: string[]): Promise<{ problems: string[]; warnings: string[] }> {
  const text = HEAD + watches.map((watch) => `  - { project: p, ${watch} }\n`).join('')
  const { problems, warnings } = await load({ 'settings.yaml': text })
  const shown = (all: string[]) => all.map((problem) => problem.replaceAll('settings.yaml:', ''))
  return { problems: shown(problems), warnings: shown(warnings) }
}

describe('of several watches of one account,', () => {
  test('the same build twice is merged, and warned about', async () => {
    expect(await check('job: j, build: b', 'job: j, build: b')).toEqual({
      problems: [],
      warnings: [`5:5: watches[1]: p/jobs/j/b is already watched at 4:5; ${MERGED}`],
    })
  })

  test('the same job with equal filters is merged, and warned about', async () => {
    const filter = 'branches: [main], pull_requests: false, since: 2026-01-01'
    const same = 'pull_requests: false, since: "2026-01-01T00:00:00Z", branches: [ "main" ], catch_up: 1h'
    expect(await check(`job: j, ${filter}`, `job: j, ${same}`)).toEqual({
      problems: [],
      warnings: [
        `5:5: watches[1]: every build of p/jobs/j with this filter is already watched at 4:5; ${MERGED}, the longest catch_up`,
      ],
    })
  })

  test.each([
    ['the same build', 'job: j, build: b'],
    ['the same job', 'job: j'],
  ])('each that repeats %s is warned about, naming the first', async (_, watch) => {
    const { warnings } = await check(watch, watch, watch)
    expect(warnings.map((warning) => warning.replace(/ is already .* at /, ' … ').split(';')[0])).toEqual([
      expect.stringMatching(/^5:5: .* 4:5$/),
      expect.stringMatching(/^6:5: .* 4:5$/),
    ])
  })

  test.each([
    ['branches', 'job: j, branches: [main]', 'job: j, branches: [dev]'],
    ['the order of branches', 'job: j, branches: [a, "!b"]', 'job: j, branches: ["!b", a]'],
    ['pull requests', 'job: j', 'job: j, pull_requests: only'],
    ['since', 'job: j, since: 2026-01-01', 'job: j'],
    ['the kind', 'job: j', 'service: j'],
  ])('the same job with another filter is nothing to warn of: %s', async (_, first, second) => {
    expect(await check(first, second)).toEqual({ problems: [], warnings: [] })
  })

  test.each([
    ['after', 'job: j', 'job: j, build: b'],
    ['before', 'job: j, build: b', 'job: j'],
  ])('a build is served by the watch of its job, %s it', async (_, first, second) => {
    expect(await check(first, second)).toEqual({ problems: [], warnings: [] })
  })
})

describe('through two accounts', () => {
  test.each([
    ['the same build', 'job: j, build: b', 'job: j, build: b, account: b', 'p/jobs/j/b'],
    ['the same job', 'job: j', 'job: j, branches: [x], account: b', 'every build of p/jobs/j'],
    ['a job and then a build of it', 'job: j', 'job: j, build: b, account: b', 'every build of p/jobs/j'],
    ['a build and then its job', 'job: j, build: b', 'job: j, account: b', 'p/jobs/j/b'],
  ])('%s is refused, naming both places', async (_, first, second, what) => {
    const { problems } = await check(first, second)
    expect(problems).toEqual([
      `5:5: watches[1]: ${what} is already watched through the account default at 4:5; ${ONE}`,
    ])
  })

  test.each([
    ['build', 'job: j, build: b'],
    ['job', 'job: j'],
  ])('the first watch of a %s holds, and only one that differs from it is refused', async (_, watch) => {
    const { problems } = await check(watch, `${watch}, account: b`, watch)
    expect(problems.map((problem) => problem.split(' ', 1)[0])).toEqual(['5:5:'])
  })

  test('a build is held against the job, however many watches lie between', async () => {
    const { problems } = await check('job: j, build: a', 'job: k', 'job: j, build: b', 'job: j, account: b')
    expect(problems).toEqual([
      `7:5: watches[3]: p/jobs/j/a is already watched through the account default at 4:5; ${ONE}`,
    ])
  })

  test('two builds of one job may be watched', async () => {
    const { problems, warnings } = await check('job: j, build: a', 'job: j, build: b, account: b')
    expect([problems, warnings]).toEqual([[], []])
  })

  test('what two files say is refused where it stands second', async () => {
    const { problems } = await load({
      'settings.yaml': HEAD.replace('watches:', 'watchlists: [one.yaml, two.yaml]'),
      'one.yaml': 'watches:\n  - { project: p, job: j, build: b }\n',
      'two.yaml': 'watches:\n  - { project: p, job: j, account: b }\n',
    })
    expect(problems).toEqual([
      `two.yaml:2:5: watches[0]: p/jobs/j/b is already watched through the account default at one.yaml:2:5; ${ONE}`,
    ])
  })
})

describe('one job under both of its paths is warned about:', () => {
  test.each([
    ['builds', 'job: j, build: a', 'team: t, job: j, build: b', 'teams/t/p/jobs/j is also watched without'],
    ['a job and a build', 'job: j', 'team: t, job: j, build: b', 'teams/t/p/jobs/j is also watched without'],
    ['a build and a job', 'team: t, job: j, build: b', 'job: j', 'p/jobs/j is also watched with'],
    ['the job twice', 'team: t, job: j', 'job: j', 'p/jobs/j is also watched with'],
  ])('%s', async (_, first, second, what) => {
    expect(await check(first, second)).toEqual({
      problems: [],
      warnings: [
        `5:5: watches[1]: ${what} a team at 4:5; if it is one and the same, write it one way, or its builds are told twice`,
      ],
    })
  })
})

test('each that is written in another way than the first is warned about', async () => {
  const { warnings } = await check(
    'team: t, job: j, build: a',
    'job: j, build: b',
    'job: j, build: c',
    'team: t, job: j, build: d',
  )
  expect(warnings.map((warning) => warning.replace(/;.*/, ''))).toEqual([
    '5:5: watches[1]: p/jobs/j is also watched with a team at 4:5',
    '6:5: watches[2]: p/jobs/j is also watched with a team at 4:5',
  ])
})

describe('a watch of one build that is told of verdicts only', () => {
  const SAYS =
    'tells verdicts only, and they compare a build with those before it, which a watch of one build does not see; add concluded to `on`, or take `build` out to watch every build'
  const verdicts = 'notify: [{ to: console, on: [broke, fixed] }, { to: console, on: [still_failing] }]'

  test('is warned about where it names its routes', async () => {
    expect(await check(`job: j, build: b, ${verdicts}`)).toEqual({
      problems: [],
      warnings: [`4:45: watches[0].notify: ${SAYS}`],
    })
  })

  test('is warned about where the routes are those of the settings', async () => {
    const { warnings } = await load({
      'settings.yaml': `${HEAD}  - { project: p, job: j, build: b }\nnotify: [{ to: console, on: [broke] }]\n`,
    })
    expect(warnings).toEqual([`settings.yaml:4:5: watches[0]: ${SAYS}`])
  })

  test.each([
    ['its whole job is watched too', [`job: j, build: b, ${verdicts}`, 'job: j']],
    [
      'it tells something else as well',
      ['job: j, build: b, notify: [{ to: console, on: [broke, started] }]'],
    ],
    ['it tells nobody', ['job: j, build: b, notify: []']],
    ['it is one of a whole job', [`job: j, ${verdicts}`]],
  ])('is nothing to warn of where %s', async (_, watches) => {
    expect(await check(...watches)).toEqual({ problems: [], warnings: [] })
  })
})
