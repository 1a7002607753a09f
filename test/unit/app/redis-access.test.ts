import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { openRedisAccess, type RedisRequest } from '../../../src/app/redis-access.js'

let dir: string
let settings: string
let broken: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'buildwatchd-redis-access-'))
  settings = join(dir, 'settings.yaml')
  broken = join(dir, 'broken.yaml')
  await writeFile(
    settings,
    `accounts: { default: { token: "\${TOKEN:-some-token}" } }\nredis: { url: "\${REDIS_URL:-embedded}", prefix: shop, data_dir: "${dir}" }\n`,
  )
  await writeFile(broken, 'accounts: { default: { token: "${UNSET_IN_THIS_SHELL}" } }\n')
})

afterAll(() => rm(dir, { recursive: true, force: true }))

/** Port and heartbeat key: nothing listens there, for only the choice is asked about. */
async function opened(request: Partial<RedisRequest>): Promise<[number | undefined, string]> {
  const { redis, keys, close } = await openRedisAccess({
    file: undefined,
    defaultFile: settings,
    env: {},
    ...request,
  })
  close()
  return [redis.options.port, keys.heartbeats]
}

const ENV = { REDIS_URL: 'redis://127.0.0.1:2' }

describe('a command that reads Redis goes', () => {
  it('to the Redis of the environment, with the prefix of the default file', async () => {
    expect(await opened({ env: ENV })).toEqual([2, expect.stringContaining('{shop}')])
  })

  it('to the Redis of the environment where the default file is broken or missing', async () => {
    const expected = [2, expect.stringContaining('{buildwatch}')]
    expect(await opened({ env: ENV, defaultFile: broken })).toEqual(expected)
    expect(await opened({ env: ENV, defaultFile: join(dir, 'nowhere.yaml') })).toEqual(expected)
  })

  it.each(['', 'embedded'])('by the default file where REDIS_URL is %j', async (url) => {
    await expect(opened({ env: { REDIS_URL: url } })).rejects.toMatchObject({
      code: 'REDIS_UNREACHABLE',
      message: expect.stringContaining('no daemon with an embedded Redis runs on'),
    })
  })

  it.each([
    ['canary', 'is no Redis URL'],
    ['redis://:canary@127.0.0.1:2/name', 'has a path that is no database'],
    ['redis://:canary%@127.0.0.1:2', 'holds a % that starts no escape'],
  ])('nowhere with REDIS_URL=%s, which it does not repeat', async (url, words) => {
    const error: unknown = await opened({ env: { REDIS_URL: url } }).catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`REDIS_URL ${words}`),
    })
    expect(String(error)).not.toContain('canary')
  })
})
