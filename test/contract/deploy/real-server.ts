import { describe, it } from '@jest/globals'
import { findRedisServer } from '../../support/real-redis.js'

/** A block that needs a redis-server of its own: skipped, saying why, where none is installed, and failed there in CI. */
export function describeWithRedisServer(name: string, block: () => void): void {
  const reason = 'redis-server is not installed'
  if (findRedisServer() !== undefined) {
    describe(name, block)
    return
  }
  if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error(`${reason}, and CI=true asks for it`)
    })
    return
  }
  process.stderr.write(`skipped: ${name}: ${reason}\n`)
  it.skip(`${name}: ${reason}`, () => undefined)
}
