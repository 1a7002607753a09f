import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.js'
import {
  BUILD_KEY,
  DAEMON_COMMAND,
  type Deployment,
  HEALTH_COMMAND,
  openDeployment,
  REDIS_FLAGS,
  type Running,
} from './deployment.js'
import { describeWithRedisServer } from './real-server.js'

// In the order of a life: each test goes on where the one before has ended.
describeWithRedisServer('the deployment that docker-compose.yml describes', () => {
  let deployment: Deployment
  let redis: Redis
  let daemon: Running
  let filesBefore: string[]

  const isHealthy = async (): Promise<boolean> => (await deployment.run(HEALTH_COMMAND).ended) === 0

  beforeAll(async () => {
    deployment = await openDeployment()
    redis = new Redis(deployment.redis.url)
    filesBefore = await deployment.files()
    daemon = deployment.run(DAEMON_COMMAND)
  })

  afterAll(async () => {
    redis.disconnect()
    await deployment.close()
  })

  it('starts Redis with its flags', async () => {
    const asked = REDIS_FLAGS.filter((flag) => flag.startsWith('--')).map((flag) => flag.slice(2))
    const values = await Promise.all(asked.map((name) => redis.config('GET', name)))
    const settings = asked.map((name, at) => [`--${name}`, Object.fromEntries(pairs(values[at]))[name]])
    expect(settings.flat()).toEqual(REDIS_FLAGS)
  })

  it('becomes healthy', async () => {
    await eventually(isHealthy, { what: 'health', withinMs: 15_000, evidence: daemon.output })
  })

  it('records in the Redis that REDIS_URL names, and prints how the build ended', async () => {
    const outcome = () => redis.hget(`{buildwatch}:build:${BUILD_KEY}`, 'outcome')
    await eventually(async () => (await outcome()) ?? undefined, {
      what: 'the end of the build',
      withinMs: 18_000,
      evidence: daemon.output,
    })
    await eventually(() => daemon.output().includes(`Z  ${BUILD_KEY} `), {
      what: 'a line on stdout',
      withinMs: 5000,
      evidence: daemon.output,
    })
  })

  it('writes nothing to its folder, which is read-only', async () => {
    expect(await deployment.files()).toEqual(filesBefore)
  })

  it('ends with 0 on SIGTERM', async () => {
    expect(await daemon.terminate()).toBe(0)
  })

  it('is not healthy afterwards', async () => {
    expect(await isHealthy()).toBe(false)
  })
})

/** CONFIG GET answers a flat list, or a map, as the protocol has it. */
function pairs(reply: unknown): [string, unknown][] {
  if (!Array.isArray(reply)) return Object.entries(Object(reply))
  return reply.flatMap((value, at): [string, unknown][] =>
    at % 2 === 0 ? [[String(value), reply[at + 1]]] : [],
  )
}
