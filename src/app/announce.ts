import type { Configuration } from '../config/configuration.js'
import { buildKey } from '../domain/build.js'
import type { Logger } from '../domain/ports.js'
import { createKeys } from '../store/keys.js'
import { redactUrl } from '../store/redis-url.js'

/** Beyond this many watches only the pattern for all of them is said. */
const LISTED_WATCHES = 20

export interface AnnounceMeans {
  readonly configuration: Configuration
  readonly url: string
  readonly logger: Logger
}

/** Says what is watched and how to listen to it. */
export function announce({ configuration, url, logger }: AnnounceMeans): void {
  const { watches, redis } = configuration
  const keys = createKeys(redis.prefix)
  logger.info({ watches: watches.length, redis: redactUrl(url), psubscribe: keys.channel('*') }, 'watching')
  if (watches.length > LISTED_WATCHES) return
  for (const { ref } of watches)
    logger.info({ subscribe: keys.channel(buildKey(ref)) }, `watching ${buildKey(ref)}`)
}
