import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { connectRedis } from '../../../src/store/connect.js'
import { createOutageLog } from '../../../src/store/outage-log.js'
import { inspectServer, requireSuitableServer } from '../../../src/store/server-check.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { testClock, testLogger } from './store-fixtures.js'

describeEachRedis('the check of the server', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  afterEach(async () => {
    await redis.config('SET', 'maxmemory-policy', 'noeviction')
    await redis.acl('DELUSER', 'limited')
  })

  async function limitedUser(...rules: string[]): Promise<Redis> {
    await redis.acl('SETUSER', 'limited', 'reset', 'on', '>secret', '~*', '&*', '+@all', ...rules)
    // Without the ready check, for which ioredis would ask INFO and complain aloud.
    return engine.connect({ username: 'limited', password: 'secret', enableReadyCheck: false })
  }

  it('finds nothing wrong with a server as we start it', async () => {
    expect(await inspectServer(redis)).toEqual({
      server: expect.stringMatching(/^(Redis|Valkey) \d+\.\d+/),
      problems: [],
      warnings: [],
    })
  })

  it('refuses a server that may evict keys, and says how to mend it', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    await expect(requireSuitableServer(redis, testLogger())).rejects.toMatchObject({
      code: 'REDIS_UNSUITABLE',
      message: expect.stringMatching(
        /maxmemory-policy is allkeys-lru.*CONFIG SET maxmemory-policy noeviction/,
      ),
    })
  })

  it('sees the policy where INFO is forbidden but CONFIG is not', async () => {
    await redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
    const { problems } = await inspectServer(await limitedUser('-info'))
    expect(problems).toEqual([expect.stringContaining('allkeys-lru')])
  })

  it('needs no right to CONFIG', async () => {
    expect(await inspectServer(await limitedUser('-config'))).toMatchObject({ problems: [], warnings: [] })
  })

  it('warns of what it cannot see, and goes on', async () => {
    const logger = testLogger()
    const report = await requireSuitableServer(await limitedUser('-info', '-config'), logger)
    expect(report.problems).toEqual([])
    expect(logger.lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      expect.stringMatching(/^warn The version .* cannot be seen/),
      expect.stringMatching(/^warn The eviction policy cannot be seen/),
    ])
  })
})

describe('the version of the server', () => {
  const withInfo = (info: string) => {
    const outageLog = createOutageLog({ logger: testLogger(), clock: testClock(), where: '' })
    const redis = connectRedis({ url: 'redis://127.0.0.1:1', role: 'ordinary', outageLog })
    redis.disconnect()
    // The text of servers that cannot be installed here; only the reading of it is tested.
    redis.info = async () => `${info}\r\nmaxmemory_policy:noeviction\r\n`
    return inspectServer(redis)
  }

  it.each(['5.0.14', '6.0.16', '6.1.241'])('refuses Redis %s, and says what it lacks', async (version) => {
    expect((await withInfo(`redis_version:${version}`)).problems).toEqual([
      expect.stringMatching(/too old: XAUTOCLAIM and XTRIM MINID need 6\.2/),
    ])
  })

  it.each(['6.2.0', '7.0.15', '8.10.1', '10.0.0'])('accepts Redis %s', async (version) => {
    expect((await withInfo(`redis_version:${version}`)).problems).toEqual([])
  })

  it('accepts any Valkey', async () => {
    expect(await withInfo('redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.1')).toMatchObject(
      {
        server: 'Valkey 9.1.1',
        problems: [],
      },
    )
  })
})
