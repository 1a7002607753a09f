/**
 * Looks at the server before anything is written to it. Managed servers forbid CONFIG and sometimes INFO: what cannot be
 * seen is a warning, what is seen to be wrong is a problem, and every sentence names its cure.
 */
import type { Redis } from 'ioredis'
import { BuildwatchdError } from '../domain/errors.js'
import type { Logger } from '../domain/ports.js'
import { isReply, redisFailure } from './redis-failure.js'
import { asFields, asText } from './reply.js'

export interface ServerReport {
  /** Such as `Redis 7.0.15` or `Valkey 9.1.1`. */
  readonly server: string
  /** What makes the server unfit. */
  readonly problems: readonly string[]
  /** What could not be seen. */
  readonly warnings: readonly string[]
}

/** XAUTOCLAIM and XTRIM MINID came with it; without them dead readers' events would be lost. */
const LEAST_REDIS: Version = [6, 2]

type Version = readonly [major: number, minor: number]

/** Rejects with REDIS_UNREACHABLE when there is no server to look at. */
export async function inspectServer(redis: Redis): Promise<ServerReport> {
  const info = (await ask(() => redis.info())) ?? ''
  const version = versionProblem(info)
  const policy = await policyProblem(redis, info)
  return {
    server: serverName(info),
    problems: [version.problem, policy.problem].filter((text) => text !== undefined),
    warnings: [version.warning, policy.warning].filter((text) => text !== undefined),
  }
}

/** Logs the warnings; rejects with REDIS_UNSUITABLE on any problem. */
export async function requireSuitableServer(redis: Redis, logger: Logger): Promise<ServerReport> {
  const report = await inspectServer(redis)
  for (const warning of report.warnings) logger.warn({ server: report.server }, warning)
  if (report.problems.length > 0)
    throw new BuildwatchdError('REDIS_UNSUITABLE', `${report.server}: ${report.problems.join(' ')}`)
  return report
}

interface Finding {
  readonly problem?: string
  readonly warning?: string
}

function versionProblem(info: string): Finding {
  // Valkey's first release, 7.2, has all that is needed; its redis_version is fixed for old clients.
  if (field(info, 'valkey_version') !== undefined) return {}
  const text = field(info, 'redis_version')
  const version = parseVersion(text)
  if (!version)
    return {
      warning: 'The version of the Redis server cannot be seen (INFO is forbidden); 6.2 or newer is needed.',
    }
  if (!isOlder(version, LEAST_REDIS)) return {}
  return {
    problem: `Redis ${text} is too old: XAUTOCLAIM and XTRIM MINID need 6.2. Upgrade to Redis 6.2 or newer, or any Valkey.`,
  }
}

async function policyProblem(redis: Redis, info: string): Promise<Finding> {
  const policy = field(info, 'maxmemory_policy') ?? (await configuredPolicy(redis))
  if (policy === undefined)
    return {
      warning: 'The eviction policy cannot be seen (INFO and CONFIG are forbidden). It must be noeviction.',
    }
  if (policy === 'noeviction') return {}
  return {
    problem: `maxmemory-policy is ${policy}, so Redis would silently drop builds and deliveries when memory is short. Set it: CONFIG SET maxmemory-policy noeviction (and in redis.conf).`,
  }
}

async function configuredPolicy(redis: Redis): Promise<string | undefined> {
  const reply = await ask(() => redis.config('GET', 'maxmemory-policy'))
  const policy = reply === undefined ? undefined : asFields(reply).get('maxmemory-policy')
  return policy === undefined ? undefined : asText(policy)
}

/** The answer, or `undefined` where the server is there but forbids the question. */
async function ask<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question()
  } catch (error) {
    if (isReply(error)) return undefined
    throw redisFailure('look at the server', error)
  }
}

function serverName(info: string): string {
  const valkey = field(info, 'valkey_version')
  return valkey === undefined
    ? `Redis ${field(info, 'redis_version') ?? '(unknown version)'}`
    : `Valkey ${valkey}`
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]
}

function parseVersion(text: string | undefined): Version | undefined {
  const match = /^(\d+)\.(\d+)/.exec(text ?? '')
  return match ? [Number(match[1]), Number(match[2])] : undefined
}

function isOlder([major, minor]: Version, [leastMajor, leastMinor]: Version): boolean {
  return major < leastMajor || (major === leastMajor && minor < leastMinor)
}
