import { createAdaptorServer } from '@hono/node-server'
import type { Hono } from 'hono'
import { BuildwatchdError } from '../domain/errors.js'

export interface Listening {
  readonly url: string
  readonly port: number
  /** Cuts what is open. */
  stop(): Promise<void>
}

/** Serves on 127.0.0.1; 0 takes any free port. Rejects with USAGE when the port is taken. */
export async function listen(app: Pick<Hono, 'fetch'>, wantedPort: number): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const cure = 'choose another port, or 0 for any free one'
      reject(
        new BuildwatchdError('USAGE', `cannot listen on 127.0.0.1:${wantedPort}: ${error.message}; ${cure}`),
      )
    })
    server.listen(wantedPort, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : wantedPort
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async stop() {
      const closed = new Promise((resolve) => server.close(resolve))
      if ('closeAllConnections' in server) server.closeAllConnections()
      await closed
    },
  }
}
