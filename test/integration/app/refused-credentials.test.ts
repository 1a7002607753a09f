/** A daemon that Redis does not let in: it says so once, in words, and goes on when it is let in. */
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { awaitRedis } from '../../../src/app/await-redis.js'
import { createLiveConfiguration } from '../../../src/app/live-configuration.js'
import { firstVersion } from '../../../src/app/next-version.js'
import { openStore, type StoreParts } from '../../../src/app/store-parts.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { configurationOf } from '../../unit/app/fixtures.js'

describeEachRedis('a daemon that Redis does not let in', (engine) => {
  const logger = createRecordingLogger()
  let admin: Redis
  let store: StoreParts

  beforeEach(async () => {
    logger.lines.length = 0
    admin = engine.connect()
    await admin.config('SET', 'requirepass', 'right')
  })

  afterEach(async () => {
    await store.close()
    await admin.config('SET', 'requirepass', '')
  })

  function openWith(credentials: string): StoreParts {
    const parts = { sources: SOURCES, notifiers: NOTIFIERS }
    const live = createLiveConfiguration(firstVersion(configurationOf(), { clock: Date, open: () => parts }))
    const url = engine.url().replace('redis://', `redis://${credentials}`)
    const endpoint = { url, rewound: false, saveSoon: () => undefined, close: async () => undefined }
    return openStore({ live, endpoint, replica: 'replica-1', clock: Date, logger })
  }

  it.each([
    [':canary@', 'refuses the user or password'],
    ['', 'wants a password and was given none'],
  ])(
    'with %j names what is refused and the cure once, and waits until it is let in',
    async (own, refusal) => {
      store = openWith(own)
      const { signal } = new AbortController()
      const waiting = awaitRedis({ store, rewound: false, signal, logger })
      await Promise.race([refusedTimes(store.redis, 4), waiting])
      const lines = () =>
        logger.lines.filter(
          ({ message }) => message.startsWith('Redis refuses') || message.startsWith('Redis wants'),
        )
      expect(lines()).toEqual([
        {
          level: 'error',
          fields: { redis: engine.url() },
          message: `Redis ${refusal}; correct redis.url and restart, or let it in at the server. Asking again until then`,
        },
      ])
      await admin.config('SET', 'requirepass', own === '' ? '' : 'canary')
      expect(await waiting).toBe(true)
      expect(lines()).toHaveLength(1)
      expect(JSON.stringify(logger.lines)).not.toContain('canary')
    },
  )
})

const SOURCES = { of: () => undefined, clientOf: () => undefined, close: async () => undefined }
const NOTIFIERS = { names: [], named: () => undefined, close: async () => undefined }

function refusedTimes(redis: Redis, times: number): Promise<void> {
  let refused = 0
  return new Promise((resolve) => {
    redis.on('error', () => {
      refused += 1
      if (refused === times) resolve()
    })
  })
}
