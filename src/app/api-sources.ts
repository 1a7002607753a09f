import type { AccountSettings } from '../config/configuration.js'
import type { BuildSource, Clock, Logger } from '../domain/ports.js'
import { createBuildSource } from '../northflank/build-source.js'
import { createNorthflankClient, type NorthflankClient } from '../northflank/client.js'

export interface ApiSources {
  /** `undefined` when the settings have no such account. */
  of(account: string): BuildSource | undefined
  /** As {@link of}, for what is no build. */
  clientOf(account: string): NorthflankClient | undefined
  close(): Promise<void>
}

/** One client, and so one pool of connections, per account. Throws CONFIG_INVALID. */
export function openApiSources(
  accounts: Iterable<AccountSettings>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): ApiSources {
  const clients = new Map(
    [...accounts].map(({ name, baseUrl, token }) => [name, createNorthflankClient({ baseUrl, token })]),
  )
  const sources = new Map(
    [...clients].map(([name, client]) => [name, createBuildSource(client, clock, logger)]),
  )
  return {
    of: (account) => sources.get(account),
    clientOf: (account) => clients.get(account),
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()))
    },
  }
}
