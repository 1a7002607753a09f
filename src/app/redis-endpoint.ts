import type { RedisSettings } from '../config/configuration.js'
import type { Clock, Logger } from '../domain/ports.js'
import { lockDataDir } from '../embedded/data-dir-lock.js'
import { startEmbeddedValkey } from '../embedded/embedded-valkey.js'
import { removeEndpoint, writeEndpoint } from '../embedded/endpoint-file.js'

/** Where this daemon's Redis is, whoever runs it. */
export interface RedisEndpoint {
  /** May hold a password. */
  readonly url: string
  /** The engine came back from a snapshot older than its end: what readers saw after it never happened here. */
  readonly rewound: boolean
  /** Asks an embedded engine for a snapshot soon; a server looks after itself. */
  saveSoon(): void
  close(): Promise<void>
}

export interface EndpointMeans {
  readonly logger: Logger
  readonly clock: Clock
  /** The embedded engine has died; nothing works without it. */
  readonly onFatal: (error: Error) => void
}

/** Rejects with DATA_DIR_LOCKED, DATA_DIR_UNUSABLE, EMBEDDED_PORT_TAKEN, EMBEDDED_FAILED or SECRET_UNREADABLE. */
export async function openRedis(settings: RedisSettings, means: EndpointMeans): Promise<RedisEndpoint> {
  if (settings.kind === 'embedded') return openEmbedded(settings, means)
  return { url: await settings.url.reveal(), rewound: false, saveSoon() {}, close: async () => undefined }
}

async function openEmbedded(
  { port, dataDir }: RedisSettings & { kind: 'embedded' },
  { logger, clock, onFatal }: EndpointMeans,
): Promise<RedisEndpoint> {
  const lock = await lockDataDir(dataDir)
  try {
    const valkey = await startEmbeddedValkey({ port, dataDir, logger, clock, onFatal })
    await writeEndpoint(dataDir, { url: valkey.url, startedAt: clock.now() })
    return {
      url: valkey.url,
      rewound: valkey.restoredFrom?.complete === false,
      saveSoon: () => valkey.saveSoon(),
      async close() {
        await valkey.stop()
        await removeEndpoint(dataDir)
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}
