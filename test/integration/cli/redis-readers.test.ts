/** What `status` and `health` say of the Redis that they read, and of one that does not let them. */
import { hostname } from 'node:os'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { createHeartbeat } from '../../../src/store/heartbeat.js'
import { createKeys } from '../../../src/store/keys.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'

const NOWHERE = 'redis://127.0.0.1:1'

describeEachRedis('a command that reads Redis', (engine) => {
  let admin: Redis

  beforeEach(() => {
    admin = engine.connect()
  })

  afterEach(async () => {
    await admin.config('SET', 'requirepass', '')
  })

  const withPassword = (password: string) => engine.url().replace('redis://', `redis://:${password}@`)

  async function beat(facts: object = {}): Promise<void> {
    const heartbeat = createHeartbeat({
      redis: admin,
      keys: createKeys('buildwatch'),
      clock: Date,
      replica: 'replica-1',
    })
    await heartbeat.beat({ version: '1.2.3', pid: 4711, host: hostname(), ...facts })
  }

  it('says in words who is alive, without a number that nobody can read', async () => {
    const loadedAt = Date.now() - 7_300_000
    await beat({
      configuration: { version: 1, digest: 'x', loadedAt },
      lastReload: { at: loadedAt, ok: false, problems: ['a.yaml:1:1: bad'], badFiles: ['/a.yaml'] },
    })
    const { code, stdout, stderr } = await captured(['health'], { REDIS_URL: engine.url() })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      /^live: \S+, process 4711, version 1\.2\.3, seen (less than a second|\d s) ago, files read 2 h 1 min ago, problems of its files: 1 \(buildwatchd status lists them\)\n$/,
    )
  })

  it('says the same as one object where JSON is asked for, instants in ISO 8601', async () => {
    const loadedAt = Date.parse('2026-01-02T03:04:05Z')
    await beat({ configuration: { loadedAt } })
    const { code, stdout } = await captured(['health', '-o', 'json'], { REDIS_URL: engine.url() })
    expect([code, JSON.parse(stdout)]).toEqual([
      0,
      {
        live: true,
        daemons: [
          {
            replica: 'replica-1',
            at: expect.stringMatching(/^\d{4}-.*Z$/),
            version: '1.2.3',
            pid: 4711,
            host: hostname(),
            configuration: { loadedAt: '2026-01-02T03:04:05.000Z' },
          },
        ],
      },
    ])
  })

  it('finds nobody alive where no daemon beats, and one of another host only when asked', async () => {
    const env = { REDIS_URL: engine.url() }
    await beat({ host: 'another' })
    expect(await captured(['health'], env)).toEqual({
      code: 1,
      stdout: '',
      stderr:
        'not live: no sign of life of a daemon on this host in the last 30 seconds; see its log, or start it with buildwatchd run\n',
    })
    const { code, stdout } = await captured(['health', '-o', 'json'], env)
    expect([code, JSON.parse(stdout)]).toEqual([1, { live: false, reason: expect.any(String), daemons: [] }])
    expect(await captured(['health', '--any-host'], env)).toMatchObject({ code: 0 })
  })

  it.each([['status'], ['health']])(
    'names the Redis that %s cannot reach, why, and the cure',
    async (name) => {
      const { code, stderr } = await captured([name], { REDIS_URL: NOWHERE })
      expect(code).toBe(name === 'health' ? 1 : 6)
      expect(stderr).toContain(
        `Redis at ${NOWHERE} could not be reached: connect ECONNREFUSED 127.0.0.1:1; start it, or correct REDIS_URL\n`,
      )
      expect(stderr).not.toMatch(/max retries/i)
    },
  )

  it.each([['status'], ['health']])('says that Redis refuses the credentials of %s', async (name) => {
    await admin.config('SET', 'requirepass', 'right')
    const wrong = await captured([name], { REDIS_URL: withPassword('canary') })
    expect(wrong).toEqual({
      code: 2,
      stdout: '',
      stderr: `buildwatchd: REDIS_REFUSED: Redis at ${engine.url()} refuses the user or password; correct REDIS_URL\n`,
    })
    const none = await captured([name], { REDIS_URL: engine.url() })
    expect(none.stderr).toContain('wants a password and was given none; correct REDIS_URL\n')
    expect(await captured(['status'], { REDIS_URL: withPassword('right') })).toMatchObject({ code: 0 })
  })
})
