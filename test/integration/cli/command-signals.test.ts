/** Every command but `run` and `demo` ends at the first signal, with the exit code that names it. */

import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startCommand } from './command-process.js'

const SIGNALS: readonly [NodeJS.Signals, number][] = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
]

describe('get', () => {
  let silentApi: Server
  let env: Record<string, string>

  beforeAll(async () => {
    silentApi = createServer(() => undefined).listen(0, '127.0.0.1')
    await once(silentApi, 'listening')
    const address = silentApi.address()
    const port = typeof address === 'object' ? address?.port : undefined
    env = { NORTHFLANK_API_TOKEN: 'any-token', NORTHFLANK_API_URL: `http://127.0.0.1:${port}` }
  })

  afterAll(() => {
    silentApi.closeAllConnections()
    silentApi.close()
  })

  it.each(SIGNALS)('ends at %s with %i while the API says nothing', async (signal, code) => {
    const { child, exited } = startCommand(
      ['get', 'job', 'build', '--project', 'p', '--job', 'j', '--build', 'b'],
      env,
    )
    await once(silentApi, 'request')
    child.kill(signal)
    expect(await exited).toEqual([code, null])
  })
})

describe('simulate', () => {
  it.each(SIGNALS)('ends at %s with %i', async (signal, code) => {
    const { child, stderr, exited } = startCommand(['simulate', '--port', '0'])
    if (child.stdout) await once(child.stdout, 'data')
    child.kill(signal)
    expect([await exited, stderr()]).toEqual([[code, null], ''])
  })
})
