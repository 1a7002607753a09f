import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { BASE, configurationOf, ENV, load, loadSettings } from './fixture.js'

async function baseUrlOf(baseUrl: string): Promise<string | undefined> {
  const { accounts } = await configurationOf({
    'settings.yaml': `accounts: { default: { token: "\${TOKEN}", base_url: "${baseUrl}" } }\n`,
  })
  return accounts.get('default')?.baseUrl
}

describe('a base URL', () => {
  test.each([
    ['https://api.example.com', 'https://api.example.com'],
    ['https://api.example.com///', 'https://api.example.com'],
    ['https://API.example.com:443/north/', 'https://api.example.com/north'],
    ['http://localhost:4000', 'http://localhost:4000'],
    ['http://api.localhost', 'http://api.localhost'],
    ['http://127.1:4000', 'http://127.0.0.1:4000'],
    ['http://[::1]:4000', 'http://[::1]:4000'],
  ])('%s is taken as %s', async (written, taken) => {
    expect(await baseUrlOf(written)).toBe(taken)
  })

  test.each([
    'http://10.0.0.1',
    'http://localhost.example.com',
    'http://127.0.0.1.example.com',
    'http://[::2]',
  ])('%s is not on this machine and needs TLS', async (url) => {
    const { problems } = await loadSettings(
      `accounts: { default: { token: "\${TOKEN}", base_url: "${url}" } }\n`,
    )
    expect(problems).toEqual([
      'settings.yaml:1:53: accounts.default.base_url: would send the token unencrypted; write https://, or allow_insecure: true beside it',
    ])
  })
})

describe('the URL of Redis', () => {
  test.each(['redis://host', 'redis://host:6380/3', 'rediss://user:pw@host:6380/', 'redis://[::1]:6379'])(
    '%s is that of a server, and can be revealed only',
    async (url) => {
      const env = { ...ENV, REDIS_URL: url }
      const { redis } = await configurationOf(
        { 'settings.yaml': `${BASE}redis: { url: "\${REDIS_URL}" }\n` },
        env,
      )
      expect(redis.kind === 'server' && (await redis.url.reveal())).toBe(url)
      expect(inspect(redis) + JSON.stringify(redis)).not.toContain(new URL(url).hostname)
    },
  )

  test.each([{}, { REDIS_URL: 'embedded' }, { REDIS_URL: '' }])(
    'is the embedded engine with %j',
    async (more) => {
      const { redis } = await configurationOf(
        { 'settings.yaml': `${BASE}redis: { url: "\${REDIS_URL:-embedded}", port: "\${PORT}" }\n` },
        { ...ENV, ...more },
      )
      expect(redis).toMatchObject({ kind: 'embedded', port: 7000 })
    },
  )

  test.each(['redis:/host', 'redis://', 'rediss', 'unix:///run/redis.sock', 'Embedded'])(
    '%s is none',
    async (url) => {
      const { problems } = await load(
        { 'settings.yaml': `${BASE}redis: { url: "\${REDIS_URL}" }\n` },
        { ...ENV, REDIS_URL: url },
      )
      expect(problems.map((problem) => problem.split('; ')[1])).toEqual([
        'write embedded, redis://host:6379 or rediss://host:6379',
      ])
    },
  )
})

describe('values out of the environment', () => {
  test('fill truth values and numbers where a reference stands alone', async () => {
    const { notifiers } = await configurationOf({
      'settings.yaml':
        'accounts: { default: { token: "${TOKEN}" } }\nnotifiers:\n  hook: { type: webhook, url: "https://x.example", unsigned: "${YES}", tries: "${TRIES:-4}" }\n',
    })
    expect(notifiers.get('hook')?.options).toMatchObject({ unsigned: true, tries: 4 })
  })

  test('stay texts where a text belongs, whatever they look like', async () => {
    const { watches } = await configurationOf(
      { 'settings.yaml': `${BASE}watches: [{ project: "\${P}", job: "\${J}", build: "b-\${B}" }]\n` },
      { ...ENV, P: 'true', J: '0123', B: '12e5678' },
    )
    expect(watches[0]?.ref).toEqual({ project: 'true', kind: 'jobs', resource: '0123', build: 'b-12e5678' })
  })

  test('cannot add keys or lines', async () => {
    const { watches } = await configurationOf(
      { 'settings.yaml': `${BASE}watches: [{ project: p, job: j, build: "\${B}" }]\n` },
      { ...ENV, B: 'b, account: other }' },
    )
    expect(watches[0]?.ref).toMatchObject({ build: 'b, account: other }' })
  })
})
