import type { Redis } from 'ioredis'
import type { Logger } from '../domain/ports.js'
import { credentialRefusal } from './redis-words.js'

/**
 * Says once that Redis refuses our credentials, until it accepts them: to the connections that is an outage like any other, and
 * asking again goes on, for a password may be put right at the server too.
 */
export function createCredentialLog({ logger, where }: { logger: Logger; where: string }) {
  const refused = new Set<Redis>()
  return {
    watch(redis: Redis): void {
      redis.on('error', ({ message }: Error) => {
        const refusal = credentialRefusal(message)
        if (refusal === undefined) return
        if (refused.size === 0)
          logger.error(
            { redis: where },
            `Redis ${refusal}; correct redis.url and restart, or let it in at the server. Asking again until then`,
          )
        refused.add(redis)
      })
      redis.on('ready', () => void refused.delete(redis))
      redis.on('end', () => void refused.delete(redis))
    },
  }
}
