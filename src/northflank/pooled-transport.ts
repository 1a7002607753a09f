/**
 * The transport of a daemon. Global fetch (so that tests can stand in for the network) over a keep-alive undici dispatcher;
 * redirects are never followed, for they would carry the token to whatever place they name.
 */
import type { DispatcherSource } from './dispatcher.js'
import type { Transport } from './exchange.js'

export function createPooledTransport(dispatchers: DispatcherSource): Transport {
  return {
    async ready() {
      // As a plain object: the types that Node ships for this option lag behind those of undici itself.
      const through: object = { dispatcher: await dispatchers.get() }
      return async (url, headers, signal) => {
        const response = await fetch(url, { ...through, headers, redirect: 'manual', signal })
        return {
          status: response.status,
          headers: new Map(response.headers),
          body: response.body?.getReader(),
        }
      }
    },
    close: () => dispatchers.close(),
  }
}
