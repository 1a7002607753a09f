import { type BuildRef, buildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { type Explanation, readExplanation } from '../store/explanation.js'
import { type RedisRequest, readingRedis } from './redis-access.js'

export type { Explanation } from '../store/explanation.js'

/** What is known of a build and of the probes it took. Rejects with NOT_RECORDED, and as {@link readingRedis} does. */
export function explanationOf(ref: BuildRef, request: RedisRequest): Promise<Explanation> {
  return readingRedis(request, async (access) => {
    const explanation = await readExplanation(ref, access)
    if (explanation) return explanation
    throw new BuildwatchdError(
      'NOT_RECORDED',
      `Redis holds nothing of ${buildKey(ref)}; check the key against buildwatchd status, or wait until it has been seen`,
    )
  })
}
