import { once } from 'node:events'
import type { Server } from 'node:http'
import { BuildwatchdError } from '../domain/errors.js'

export interface Endpoint {
  readonly host: string
  /** 0 takes any free one. */
  readonly port: number
}

/** Answers the port. Rejects with PORT_TAKEN when it is in use, or not to be had for another reason. */
export async function listen(server: Server, { host, port }: Endpoint): Promise<number> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    const message = `${host}:${port} cannot be listened on (${codeOf(cause)}). Choose another port; 0 takes any free one.`
    throw new BuildwatchdError('PORT_TAKEN', message, { cause })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

/** Cuts what is open, and resolves when the port is free. */
export async function close(server: Server): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'no reason given'
}
