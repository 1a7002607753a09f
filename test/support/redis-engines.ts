import { afterAll, afterEach, beforeAll, beforeEach, describe, it } from '@jest/globals'
import { Redis, type RedisOptions } from 'ioredis'
import type { Logger } from '../../src/domain/ports.js'
import { startEmbeddedValkey } from '../../src/embedded/embedded-valkey.js'
import { findRedisServer, startRealRedis } from './real-redis.js'

export { findRedisServer, type RealRedis, startRealRedis } from './real-redis.js'

type ClientOptions = Omit<RedisOptions, 'replyMapping'>

/** What a block under `describeEachRedis` gets; usable from `beforeAll` on. */
export interface RedisEngine {
  url(): string
  /**
   * A client of its own. Closed by itself: after the test when it was opened in one (or in a `beforeEach`), at the end of the
   * block when it was opened in a `beforeAll`. Retries without limit, as blocking reads need.
   */
  connect(options?: ClientOptions): Redis
  /** Empties the engine; done before every test anyway. */
  flush(): Promise<void>
}

interface Running {
  readonly url: string
  stop(): Promise<void>
}

interface Leg {
  readonly name: string
  start(): Promise<Running>
}

const SILENT: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
}

const EMBEDDED: Leg = {
  name: 'embedded Valkey',
  start: () => startEmbeddedValkey({ port: 0, logger: SILENT }),
}

const REAL: Leg = { name: 'redis-server', start: () => startRealRedis() }

/**
 * Runs the same block against the embedded Valkey, always, and against a real redis-server where one is installed. Where
 * none is, the real leg is skipped with its reason; under CI=true or REQUIRE_REAL_REDIS=1 it fails instead.
 */
export function describeEachRedis(name: string, block: (engine: RedisEngine) => void): void {
  describeOn(EMBEDDED, name, block)
  if (findRedisServer() === undefined) describeMissing(`${name} (${REAL.name})`)
  else describeOn(REAL, name, block)
}

function describeOn(leg: Leg, name: string, block: (engine: RedisEngine) => void): void {
  describe(`${name} (${leg.name})`, () => {
    const clients = createClients()
    let running: Running | undefined
    const url = (): string => {
      if (running === undefined) throw new Error('The engine starts in beforeAll: use it from there on.')
      return running.url
    }
    const engine: RedisEngine = {
      url,
      connect: (options) => clients.open(url(), options),
      flush: () => flushAll(url()),
    }
    beforeAll(async () => {
      running = await leg.start()
    })
    beforeEach(async () => {
      clients.testBegins()
      await engine.flush()
    })
    block(engine)
    // Registered after the block's own hooks, which therefore still find their clients open.
    afterEach(() => clients.testEnded())
    afterAll(async () => {
      clients.closeAll()
      await running?.stop()
    })
  })
}

function describeMissing(title: string): void {
  const reason = 'redis-server is not installed'
  if (process.env['CI'] === 'true' || process.env['REQUIRE_REAL_REDIS'] === '1') {
    it(title, () => {
      throw new Error(`${reason}, and CI=true or REQUIRE_REAL_REDIS=1 asks for it`)
    })
    return
  }
  process.stderr.write(`skipped: ${title}: ${reason}\n`)
  describe.skip(`${title}: ${reason}`, () => {
    it('is skipped', () => undefined)
  })
}

function createClients() {
  let inTest = false
  const ofTest = new Set<Redis>()
  const ofBlock = new Set<Redis>()
  const close = (clients: Set<Redis>): void => {
    // A client that has ended would be given two seconds to end again, and hold the process for them.
    for (const client of clients) if (client.status !== 'end') client.disconnect()
    clients.clear()
  }
  return {
    open(url: string, options: ClientOptions = {}): Redis {
      const client = new Redis(url, { maxRetriesPerRequest: null, ...options })
      // Tests that take the engine away expect this; without a listener ioredis prints each one.
      client.on('error', () => undefined)
      const owner = inTest ? ofTest : ofBlock
      owner.add(client)
      return client
    },
    testBegins(): void {
      inTest = true
    },
    testEnded(): void {
      inTest = false
      close(ofTest)
    },
    closeAll(): void {
      close(ofTest)
      close(ofBlock)
    },
  }
}

/** Scripts too: a test must not lean on a script that another test has loaded. */
async function flushAll(url: string): Promise<void> {
  const client = new Redis(url)
  try {
    await client.pipeline().flushall().script('FLUSH').exec()
  } finally {
    client.disconnect()
  }
}
