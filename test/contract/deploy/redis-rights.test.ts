import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.js'
import { fence, readPage } from '../docs/markdown.js'
import {
  BUILD_KEY,
  DAEMON_COMMAND,
  type Deployment,
  HEALTH_COMMAND,
  openDeployment,
  type Running,
} from './deployment.js'
import { describeWithRedisServer } from './real-server.js'

const PAGE = readPage('docs/redis.md')

/** `user <name> on >password …` as the page has it. */
function ruleOf(info: string): { name: string; rules: string[] } {
  const [, name = '', ...rules] = fence(PAGE, info).trim().split(/\s+/)
  return { name, rules }
}

describeWithRedisServer('the access rights in docs/redis.md', () => {
  let deployment: Deployment
  let admin: Redis
  let reader: Redis
  let daemon: Running

  const urlOf = (user: string): string => deployment.redis.url.replace('//', `//${user}:password@`)

  beforeAll(async () => {
    deployment = await openDeployment()
    admin = new Redis(deployment.redis.url)
    for (const info of ['acl daemon', 'acl reader']) {
      const { name, rules } = ruleOf(info)
      await admin.acl('SETUSER', name, 'reset', ...rules)
    }
    reader = new Redis(urlOf('reader'), { maxRetriesPerRequest: 1 })
    daemon = deployment.run(DAEMON_COMMAND, urlOf('buildwatchd'))
  })

  afterAll(async () => {
    reader.disconnect()
    admin.disconnect()
    await deployment.close()
  })

  it('suffice for the daemon from its start to its end', async () => {
    const delivery = `{buildwatch}:delivery:${BUILD_KEY}#concluded->console`
    await eventually(async () => (await admin.hget(delivery, 'state')) === 'accepted', {
      what: 'the end of the build, delivered',
      withinMs: 18_000,
      evidence: daemon.output,
    })
    expect(await daemon.terminate()).toBe(0)
    expect(await admin.acl('LOG')).toEqual([])
  })

  it('may lack INFO: the daemon then says what it cannot see, and works', async () => {
    await admin.acl('SETUSER', 'blind', 'reset', ...ruleOf('acl daemon').rules, '-info')
    const blind = deployment.run(DAEMON_COMMAND, urlOf('blind'))
    const isHealthy = async () => (await deployment.run(HEALTH_COMMAND, urlOf('blind')).ended) === 0
    await eventually(isHealthy, { what: 'health', withinMs: 15_000, evidence: blind.output })
    expect(blind.output()).toContain('The eviction policy cannot be seen')
    expect(await blind.terminate()).toBe(0)
  })

  it('keep the daemon from what is not its own', async () => {
    const asDaemon = new Redis(urlOf('buildwatchd'), { maxRetriesPerRequest: 1 })
    await expect(asDaemon.get('other')).rejects.toThrow('NOPERM')
    await expect(asDaemon.flushall()).rejects.toThrow('NOPERM')
    await expect(asDaemon.config('SET', 'appendonly', 'no')).rejects.toThrow('NOPERM')
    await expect(asDaemon.publish('other', 'x')).rejects.toThrow('NOPERM')
    asDaemon.disconnect()
  })

  it('let a reader read what is public', async () => {
    expect(await reader.hget(`{buildwatch}:build:${BUILD_KEY}`, 'concluded')).toBe('true')
    expect(await reader.xlen(`{buildwatch}:transitions:${BUILD_KEY}`)).toBeGreaterThan(0)
    expect(await reader.xlen('{buildwatch}:events')).toBeGreaterThan(0)
    expect(await reader.hget('{buildwatch}:meta', 'contract')).toBe('1')
  })

  it('let a reader follow any one build, and everything', async () => {
    const bell = new Redis(urlOf('reader'))
    expect(await bell.subscribe(`buildwatch:events:${BUILD_KEY}`)).toBe(1)
    expect(await bell.psubscribe('buildwatch:events:*')).toBe(2)
    bell.disconnect()
  })

  it('let a reader follow a job only where the rule names its pattern', async () => {
    const bell = new Redis(urlOf('reader'))
    const pattern = 'buildwatch:events:shop/jobs/nightly/*'
    await expect(bell.psubscribe(pattern)).rejects.toThrow('NOPERM')
    await admin.acl('SETUSER', 'reader', `&${pattern}`)
    expect(await bell.psubscribe(pattern)).toBe(1)
    bell.disconnect()
  })

  it('keep a reader from writing, and from what is internal', async () => {
    await expect(reader.hset('{buildwatch}:meta', 'contract', '2')).rejects.toThrow('NOPERM')
    await expect(reader.publish(`buildwatch:events:${BUILD_KEY}`, 'x')).rejects.toThrow('NOPERM')
    await expect(reader.hgetall(`{buildwatch}:target:${BUILD_KEY}`)).rejects.toThrow('NOPERM')
  })
})
