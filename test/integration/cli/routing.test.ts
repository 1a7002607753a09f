/** `silence` and `route test` beside a Redis that a daemon could be using. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { sampleTrouble } from '../../support/notifier-contract-events.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'

const SETTINGS = `redis: { url: "\${REDIS_URL}" }
accounts: { default: { token: "\${TOKEN}" } }
notifiers: { console: { type: log }, ops: { type: log }, hook: { type: log } }
notify: [console]
watches:
  - project: shop
    job: nightly
    branches: [main, "release/*"]
    notify:
      - { to: ops, on: [broke, fixed], after: 3 }
      - { to: hook, branches: ["release/*"] }
      - { to: console, on: [success] }
      - { to: console, on: [failure], once_per: line, quiet_hours: { schedule: "* 22-6 * * *", timezone: Europe/Berlin } }
      - { to: console }
  - { project: shop, service: api }
`

let dir: string
let file: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'buildwatchd-routing-'))
  file = join(dir, 'settings.yaml')
  await writeFile(file, SETTINGS)
})

afterEach(() => rm(dir, { recursive: true }))

const NOWHERE = 'redis://127.0.0.1:1'
const NIGHTLY = ['--project', 'shop', '--job', 'nightly', '--branch', 'main']

function command(url: string) {
  return (...argv: string[]) => captured([...argv, '-c', file], { REDIS_URL: url, TOKEN: 'canary-token' })
}

describeEachRedis('silence', (engine) => {
  const run = (...argv: string[]) => command(engine.url())(...argv)
  const add = (...argv: string[]) => run('silence', 'add', '--for', '2h', '--reason', 'move', ...argv)

  it('adds, lists and removes', async () => {
    expect((await run('silence', 'list')).stdout).toBe('nothing is silenced\n')
    const added = await add('--project', 'shop', '--branch', 'release/*', '-o', 'json')
    const silence = JSON.parse(added.stdout)
    expect(silence).toEqual({
      id: expect.stringMatching(/^[a-z]{6}$/),
      scope: { project: 'shop', branch: 'release/*' },
      reason: 'move',
      createdAt: expect.any(String),
      endsAt: expect.any(String),
    })
    expect(Date.parse(silence.endsAt) - Date.parse(silence.createdAt)).toBe(7_200_000)
    const listed = await run('silence', 'list')
    expect(listed.stdout).toMatch(
      new RegExp(
        `^ID +UNTIL +LEFT +SILENCES +REASON\n${silence.id} +20\\S+Z +.* +project shop, branch release/\\* +move\n$`,
      ),
    )
    expect(JSON.parse((await run('silence', 'list', '-o', 'json')).stdout)).toEqual([silence])
    expect(await run('silence', 'remove', silence.id)).toEqual({
      code: 0,
      stdout: `${silence.id} removed\n`,
      stderr: '',
    })
    expect(await run('silence', 'remove', silence.id)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `no silence is called "${silence.id}", or it has ended; buildwatchd silence list`,
      ),
    })
  })

  it('silences everything only when it is told so', async () => {
    const { code, stderr } = await add()
    expect([code, stderr]).toEqual([2, expect.stringContaining('--all silences everything')])
    expect((await add('--all')).stdout).toMatch(/ everything +move\n$/)
    expect(await add('--all', '--job', 'nightly')).toMatchObject({ code: 2 })
  })

  it.each([
    [['--project', ''], '--project is empty'],
    [['--job', 'a', '--service', 'b'], 'nothing is a job and a service'],
    [['--all', '--for', '2'], '--for takes a span from 1s to 365d'],
    [['--all', '--for', '400d'], '--for takes a span from 1s to 365d'],
    [['--all', '--reason', ' '], '--reason takes 1 to 500 characters'],
  ])('takes no %j', async (argv, words) => {
    expect(await add(...argv)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) })
    expect((await run('silence', 'list')).stdout).toBe('nothing is silenced\n')
  })

  it('is known to route test', async () => {
    const { id } = JSON.parse((await add('--notifier', 'console', '-o', 'json')).stdout)
    const { stdout } = await run('route', 'test', ...NIGHTLY, '--outcome', 'success')
    expect(stdout).toMatch(new RegExp(`console +success +silenced \\(${id}: move\\)\n`))
    const tested = await run('route', 'test', ...NIGHTLY, '--outcome', 'success', '-o', 'json')
    expect(JSON.parse(tested.stdout).deliveries).toEqual([
      expect.objectContaining({ notifier: 'console', suppressed: 'silence', silence: id }),
    ])
  })
})

describe('route test', () => {
  const test = (...argv: string[]) => command(NOWHERE)('route', 'test', ...argv)

  it('says of each route what comes of it, and why', async () => {
    const { code, stdout, stderr } = await test(
      ...NIGHTLY,
      '--verdict',
      'still_failing',
      '--failures',
      '2',
      '--at',
      '2026-03-04T23:00Z',
    )
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe(`EVENT shop/jobs/nightly/example#concluded

WATCH shop/jobs/nightly (main, release/*)
  TO       ON           BECOMES
  ops      broke fixed  not_yet (2 of 3)
  hook     concluded    other_branch
  console  success      not_asked
  console  failure      told later: quiet until 07:00 Europe/Berlin
  console  concluded    matches, but an earlier route to console decides

DELIVERIES
  TO       BECOMES                                      ONCE
  console  told later: quiet until 07:00 Europe/Berlin  per row of equal results

silences are not known: Redis at ${NOWHERE} could not be reached: connect ECONNREFUSED 127.0.0.1:1; start it, or correct redis.url in ${file}
`)
  })

  it('says the same as one object', async () => {
    const { stdout } = await test(
      ...NIGHTLY,
      '--verdict',
      'broke',
      '--failures',
      '3',
      '--at',
      '2026-03-04T12:00Z',
      '-o',
      'json',
    )
    expect(JSON.parse(stdout)).toMatchObject({
      event: 'shop/jobs/nightly/example#concluded',
      at: '2026-03-04T12:00:00.000Z',
      isCovered: true,
      groups: [
        {
          byDefault: false,
          routes: [
            { to: 'ops', kind: 'matches', words: ['broke'], becomes: 'told at once' },
            { to: 'hook', kind: 'other_branch', becomes: 'other_branch' },
            { kind: 'not_asked' },
            { to: 'console', kind: 'matches', words: ['failure'] },
            { kind: 'matches', becomes: 'matches, but an earlier route to console decides' },
          ],
        },
      ],
      deliveries: [
        { notifier: 'ops', lane: 'shop/jobs/nightly|branch/main' },
        { notifier: 'console', once: expect.stringMatching(/^line:/) },
      ],
    })
  })

  it('names the routes by default as such, and says where no watch wants the build', async () => {
    const api = await test('--project', 'shop', '--service', 'api', '--outcome', 'aborted')
    expect(api.stdout).toContain('WATCH shop/services/api, routes by default\n')
    expect(api.stdout).toMatch(/console +concluded +told at once/)
    const other = await test('--project', 'shop', '--job', 'nightly', '--branch', 'dev')
    expect(other.stdout).toContain('no watch wants it: nothing is told. If one without a notify did:')
    expect(other.stdout).toMatch(/console +concluded +not_asked/)
    expect(other.stdout).not.toContain('DELIVERIES')
  })

  it('takes the watches in the order in which their routes are recorded, by which the first route decides', async () => {
    const told = (to: string) => `notify: [{ to: ${to}, on: [aborted] }]`
    const more = [
      `{ project: shop, service: api, build: example, ${told('hook')} }`,
      `{ project: shop, service: api, branches: ["**"], ${told('hook')} }`,
      `{ project: shop, service: api, ${told('ops')} }`,
    ]
    await writeFile(file, `${SETTINGS}${more.map((watch) => `  - ${watch}\n`).join('')}`)
    const { stdout } = await test(
      '--project',
      'shop',
      '--service',
      'api',
      '--branch',
      'x',
      '--outcome',
      'aborted',
      '-o',
      'json',
    )
    const { groups } = JSON.parse(stdout)
    expect(
      groups.map(({ of, routes }: { of: string; routes: { to: string }[] }) => [of, routes[0]?.to]),
    ).toEqual([
      ['shop/services/api', 'console'],
      ['shop/services/api', 'ops'],
      ['shop/services/api (**)', 'hook'],
      ['shop/services/api/example', 'hook'],
    ])
  })

  it('tells of a fix that was red for too few builds', async () => {
    const { stdout } = await test(...NIGHTLY, '--verdict', 'fixed', '--failures', '2')
    expect(stdout).toMatch(/ops +broke fixed +never_told \(2 of 3\)/)
  })

  it("takes an event as it was told, the watcher's own trouble too", async () => {
    const event = join(dir, 'event.json')
    const { subject: _, ...trouble } = sampleTrouble()
    await writeFile(event, JSON.stringify({ ...trouble, subject: 'shop/jobs/nightly' }))
    const { stdout } = await test('--event', event)
    expect(stdout).toMatch(/WATCH shop\/jobs\/nightly .*\n.*\n +ops +broke fixed +not_asked/)
    expect(stdout).toContain('DELIVERIES: none')
  })

  it.each([
    [['--event', '/nowhere.json'], '--event /nowhere.json cannot be read'],
    [['--project', 'shop'], 'either --job or --service'],
    [[...NIGHTLY, '--outcome', 'sucess'], '--outcome "sucess": did you mean success?'],
    [[...NIGHTLY, '--verdict', 'broken'], '--verdict "broken": did you mean broke?'],
    [[...NIGHTLY, '--failures', '0'], '--failures takes a whole number from 1, not "0"'],
    [[...NIGHTLY, '--at', 'noon'], '--at takes a span'],
  ])('takes no %j', async (argv, words) => {
    expect(await test(...argv)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) })
  })

  it('takes no JSON that is no event', async () => {
    await writeFile(join(dir, 'event.json'), '{"id":"x","type":"dev.buildwatchd.digest.v1"}')
    expect(await test('--event', join(dir, 'event.json'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('holds no event; give one as JSON'),
    })
  })
})
