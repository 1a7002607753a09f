import type { NorthflankClientOptions } from '../../../src/northflank/client.js'

/** What holds over one holds over the other. */
export const TRANSPORTS: readonly [string, Pick<NorthflankClientOptions, 'lean'>][] = [
  ["a daemon's pool", {}],
  ["Node's own client", { lean: true }],
]
