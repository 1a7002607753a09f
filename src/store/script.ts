import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Redis } from 'ioredis'
import { repliesOf } from './pipeline.js'
import { isReply, redisCall } from './redis-failure.js'

export interface ScriptCall {
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
}

/**
 * One atomic operation from `lua/<name>.lua`, put behind the parts that it shares with others. It is called by its digest and
 * sent whole when the server does not know it: before the first call, after a restart, a failover or SCRIPT FLUSH. The build
 * copies the Lua files beside the compiled ones.
 */
export function loadScript(name: string, parts: readonly string[] = []) {
  const source = [...parts, name].map(readLua).join('\n')
  const sha = createHash('sha1').update(source).digest('hex')
  const doing = `run ${name}.lua`

  async function run(redis: Redis, { keys, args }: ScriptCall): Promise<unknown> {
    return redisCall(doing, async () => {
      try {
        return await redis.evalsha(sha, keys.length, ...keys, ...args)
      } catch (error) {
        if (!isReply(error) || !error.message.startsWith('NOSCRIPT')) throw error
        return redis.eval(source, keys.length, ...keys, ...args)
      }
    })
  }

  /** Many calls on one round trip. The whole source goes first, once, so that no call among them finds it missing. */
  async function runAll(redis: Redis, calls: readonly ScriptCall[]): Promise<unknown[]> {
    return redisCall(doing, async () => {
      const [first, ...rest] = calls
      if (!first) return []
      const batch = redis.pipeline().eval(source, first.keys.length, ...first.keys, ...first.args)
      for (const { keys, args } of rest) batch.evalsha(sha, keys.length, ...keys, ...args)
      return repliesOf(batch)
    })
  }

  return { run, runAll }
}

function readLua(name: string): string {
  return readFileSync(new URL(`./lua/${name}.lua`, import.meta.url), 'utf8')
}
