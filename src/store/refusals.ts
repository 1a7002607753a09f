import { BuildwatchdError } from '../domain/errors.js'
import type { Logger } from '../domain/ports.js'

export interface Refused {
  readonly kind: 'refused'
  readonly reason: string
}

/** A server that refuses a script as a whole (a missing right to read, say) has written nothing either. */
export async function refusals<Reply>(run: () => Promise<Reply>): Promise<Reply | Refused> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof BuildwatchdError && error.code === 'REDIS_REFUSED')
      return { kind: 'refused', reason: error.message }
    throw error
  }
}

/** Each refusal would be a line for each probe: told once, and once when it is over. */
export function createRefusalLog(
  logger: Logger,
  words: { readonly refused: string; readonly over: string },
): (refused: string | undefined) => void {
  let reported: string | undefined
  return (refused) => {
    if (refused !== undefined && refused !== reported) logger.warn({ reason: refused }, words.refused)
    if (refused === undefined && reported !== undefined) logger.info({}, words.over)
    reported = refused
  }
}
