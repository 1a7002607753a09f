import { describe, expect, test } from '@jest/globals'
import { BASE, configurationOf, ENV } from './fixture.js'

const BUILD = '{ project: p, job: j, build: b }'
const FEED = '{ project: p, service: s, branches: [main, dev] }'

const NIGHT = '{ schedule: "* 22-6 * * *" }'

const SETTINGS = `accounts: { default: { token: "\${TOKEN}" }, b: { token: "\${TOKEN}" } }
notifiers: { console: { type: log }, other: { type: log } }
notify: [console, { to: other, on: [gone, failure] }]
`

async function digestOf(files: Record<string, string>, env = ENV): Promise<string> {
  return (await configurationOf(files, env)).digest
}

async function digestOfText(text: string): Promise<string> {
  return digestOf({ 'settings.yaml': text })
}

describe('the digest is the same', () => {
  test('however the files are cut, ordered and commented', async () => {
    const one = await digestOf({
      'settings.yaml': `${BASE}watches:\n  - ${BUILD}\n  - { project: q, job: j, build: b }\n  - ${FEED}\n`,
    })
    const other = await digestOf({
      'settings.yaml': `# x\n${BASE}watchlists: [b.yaml, a.yaml]\npolling: { min_interval: 2000ms }\n`,
      'a.yaml': `watches: [${BUILD}]\n`,
      'b.yaml': `watches:\n  - ${FEED}\n  - build: b # x\n    job: j\n    project: q\n`,
    })
    expect(other).toBe(one)
  })

  test('in whatever order, and how often, a thing is watched and told', async () => {
    const [first, second] = [
      '{ project: p, job: j, schedule: "0 8 * * mon", notify: [console, { to: other, on: [broke, gone] }] }',
      '{ project: p, job: j, schedule: "0 9 * * mon", notify: [{ to: console, on: [stale, success] }] }',
    ]
    const again = first.replace('broke, gone', 'gone, broke, gone').replace('mon', 'MON')
    const named = '{ project: p, job: j, build: c }'
    const one = await digestOfText(`${SETTINGS}watches: [${first}, ${second}, ${BUILD}, ${named}]\n`)
    const other = await digestOfText(
      `${SETTINGS}watches: [${named}, ${second}, ${BUILD}, ${again}, ${first}]\n`,
    )
    expect(other).toBe(one)
  })

  test('with the defaults as without them', async () => {
    const watch = '{ project: p, job: j, pull_requests: true, catch_up: 24h, max_interval: 1h }'
    const written =
      'retention: { builds: 30d, max_events: 100000 }\nstuck: { factor: 3 }\npolling: { catch_up: 1d }\n'
    expect(await digestOfText(`${SETTINGS}${written}watches: [${watch}]\n`)).toBe(
      await digestOfText(`${SETTINGS}watches: [{ project: p, job: j }]\n`),
    )
  })

  test('whatever the secrets are', async () => {
    const files = { 'settings.yaml': `${BASE}watches: [${BUILD}]\n` }
    expect(await digestOf(files, { ...ENV, TOKEN: 'another' })).toBe(await digestOf(files))
  })
})

describe('the digest is another', () => {
  const whole = `${SETTINGS}digest: { notify: [console] }
watches:
  - { project: p, job: j, build: b, schedule: "0 8 * * *" }
  - { project: p, service: s, branches: [main, dev], since: 2026-11-01, schedule: "0 9 * * *" }
  - { project: p, service: s, build: c, schedule: "0 7 * * *" }
`
  const swaps: [what: string, from: string, to: string][] = [
    ['the id of a build', 'build: b,', 'build: bb,'],
    ['the id of a job', 'job: j', 'job: jj'],
    ['the kind of what has an id', 'job: j', 'service: j'],
    ['a team', 'project: p, job', 'team: t, project: p, job'],
    ['the account of a build', 'build: b,', 'build: b, account: b,'],
    ['the route of a build', 'build: b,', 'build: b, notify: [other],'],
    ['the schedule of a build', '0 8 * * *', '0 18 * * *'],
    ['the time zone of a build', '"0 8 * * *"', '"0 8 * * *", timezone: Asia/Tokyo'],
    ['what waiting for it counts', 'build: b,', 'build: b, weight: 2,'],
    ['the shortest interval', 'build: b,', 'build: b, min_interval: 1s,'],
    ['the longest interval', 'build: b,', 'build: b, max_interval: 61s,'],
    ['the deadline', 'build: b,', 'build: b, timeout: 16s,'],
    ['the whole job for the build', 'build: b, ', ''],
    ['a branch', '[main, dev]', '[main, dev, x]'],
    ['the order of branches', '[main, dev]', '[dev, main]'],
    ['pull requests', 'branches:', 'pull_requests: false, branches:'],
    ['since', '2026-11-01', '2026-11-02'],
    ['no since', 'since: 2026-11-01, ', ''],
    ['the catch_up of a feed', 'branches:', 'catch_up: 1h, branches:'],
    ['the route of a feed', 'branches:', 'notify: [other], branches:'],
    ['the schedule of a feed', '0 9 * * *', '0 19 * * *'],
    ['the intervals of a feed', 'branches:', 'min_interval: 1s, branches:'],
    ['one more interest', 'watches:', 'watches:\n  - { project: p, service: s }'],
    ['a build that a feed serves', 'build: c', 'build: cc'],
    ['the route of such a build', 'build: c', 'notify: [other], build: c'],
    ['the schedule of such a build', '0 7 * * *', '0 17 * * *'],
    ['the default routes', '[console, { to', '[{ to'],
    ['a word of a default route', '[gone, failure]', '[gone]'],
    ['one more notifier', 'other: { type: log } }', 'other: { type: log }, third: { type: log } }'],
    ['one more account', 'b: { token', 'c: { token: "${TOKEN}" }, b: { token'],
    ['the address of an account', 'b: { token', 'b: { base_url: "https://x.example", token'],
    ['a share in reserve', 'b: { token', 'b: { reserve: 20%, token'],
    ['requests in reserve', 'b: { token', 'b: { reserve: 20, token'],
    ['how long builds are kept', 'digest:', 'retention: { builds: 31d }\ndigest:'],
    ['how long events are kept', 'digest:', 'retention: { events: 8d }\ndigest:'],
    ['how many events are kept', 'digest:', 'retention: { max_events: 1000 }\ndigest:'],
    ['how long lines are kept', 'digest:', 'retention: { lines: 181d }\ndigest:'],
    ['when a build is overdue', 'digest:', 'stuck: { factor: 2 }\ndigest:'],
    ['when it is at the earliest', 'digest:', 'stuck: { at_least: 6m }\ndigest:'],
    ['when it waits for too long', 'digest:', 'stuck: { unschedulable: 11m }\ndigest:'],
    ['when the digest is told', 'digest: {', 'digest: { schedule: "0 9 * * *",'],
    ['the time zone of the digest', 'digest: {', 'digest: { timezone: Asia/Tokyo,'],
    ['who is told of the digest', 'notify: [console] }', 'notify: [other] }'],
    ['no digest', 'digest: { notify: [console] }\n', ''],
    ['quiet hours', 'digest:', `quiet_hours: ${NIGHT}\ndigest:`],
  ]

  test.each(swaps)('with %s', async (_, from, to) => {
    expect(whole).toContain(from)
    expect(await digestOfText(whole.replace(from, to))).not.toBe(await digestOfText(whole))
  })

  const route = 'to: console, on: [broke], branches: [main], after: 2, once_per: line, template: a'
  test.each([
    ['the branches of a route', '[main]', '[main, dev]'],
    ['how many failures it waits for', 'after: 2', 'after: 3'],
    ['what it tells once', 'once_per: line', 'once_per: build'],
    ['its words', 'template: a', 'template: b'],
    ['its quiet hours', 'template: a', `template: a, quiet_hours: ${NIGHT}`],
    ['when those are', 'template: a', 'template: a, quiet_hours: { schedule: "* 23-6 * * *" }'],
  ])('with %s', async (_, from, to) => {
    const told = (text: string) =>
      digestOfText(`${SETTINGS}watches: [{ project: p, job: j, notify: [{ ${text} }] }]\n`)
    const changed = route.replace(from, to)
    expect(changed).not.toBe(route)
    const others = await Promise.all([told(route), told(`${route}, quiet_hours: ${NIGHT}`)])
    expect(others.filter((digest, at) => at === 0 || !changed.includes(NIGHT))).not.toContain(
      await told(changed),
    )
  })

  test('with another order of routes to one notifier, of which the first that matches decides', async () => {
    const [main, rest] = ['{ to: console, branches: [main], template: a }', 'console']
    const told = (...routes: string[]) =>
      digestOfText(`${SETTINGS}watches: [{ project: p, job: j, notify: [${routes.join()}] }]\n`)
    expect(await told(rest, main)).not.toBe(await told(main, rest))
    expect(await told(main, 'other', rest)).toBe(await told('other', main, rest))
  })

  test('with who is told of the trouble of an account that nothing is watched through', async () => {
    const told = (on: string) => `${BASE}notify: [{ to: console, on: [${on}] }]\n`
    expect(await digestOfText(told('unauthorized'))).not.toBe(await digestOfText(told('throttled')))
  })
})
