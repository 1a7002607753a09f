import type { AccountSettings } from '../config/configuration.js'
import type { BuildSource, Clock } from '../domain/ports.js'
import { createBuildSource } from '../northflank/build-source.js'
import { createNorthflankClient } from '../northflank/client.js'

export interface ApiSources {
  /** `undefined` when the settings have no such account. */
  of(account: string): BuildSource | undefined
  close(): Promise<void>
}

/** One client, and so one pool of connections, per account. */
export function openApiSources(accounts: Iterable<AccountSettings>, clock: Clock): ApiSources {
  const clients = [...accounts].map(({ name, baseUrl, token }) => ({
    name,
    client: createNorthflankClient({ baseUrl, token }),
  }))
  const sources = new Map(clients.map(({ name, client }) => [name, createBuildSource(client, clock)]))
  return {
    of: (account) => sources.get(account),
    async close() {
      await Promise.all(clients.map(({ client }) => client.close()))
    },
  }
}
