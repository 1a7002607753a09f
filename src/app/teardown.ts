import type { Logger } from '../domain/ports.js'

/** What has been opened, closed in reverse order; one that fails or hangs does not keep the others open. */
export interface Teardown {
  add(name: string, close: () => Promise<unknown> | void): void
  run(): Promise<void>
}

const PATIENCE_MS = 3000

export function createTeardown(logger: Logger): Teardown {
  const opened: { name: string; close: () => Promise<unknown> | void }[] = []
  return {
    add(name, close) {
      opened.push({ name, close })
    },
    async run() {
      for (let next = opened.pop(); next; next = opened.pop()) await closeOne(next, logger)
    },
  }
}

async function closeOne(
  { name, close }: { name: string; close: () => Promise<unknown> | void },
  logger: Logger,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const impatience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not closed after ${PATIENCE_MS} ms`)), PATIENCE_MS)
  })
  try {
    await Promise.race([close(), impatience])
  } catch (error) {
    logger.debug({ part: name, error }, 'did not close cleanly')
  } finally {
    clearTimeout(timer)
  }
}
