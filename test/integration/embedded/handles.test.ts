import { createHook } from 'node:async_hooks'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { afterEach, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { type EmbeddedValkey, startEmbeddedValkey } from '../../../src/embedded/embedded-valkey.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

const alive = new Map<number, string>()
const watch = createHook({
  init(id, kind) {
    if (/^(TCP|Timeout)/.test(kind)) alive.set(id, kind)
  },
  destroy: (id) => void alive.delete(id),
})

let dataDir: string
let valkey: EmbeddedValkey | undefined

afterEach(async () => {
  watch.disable()
  await valkey?.stop()
  await rm(dataDir, { recursive: true })
})

it('the embedded Valkey leaves no socket and no timer behind when it stops', async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'buildwatchd-handles-'))
  watch.enable()
  valkey = await startEmbeddedValkey({ port: 0, dataDir, logger: createRecordingLogger() })
  const client = new Redis(valkey.url)
  await client.ping()
  valkey.saveSoon()
  expect(new Set(alive.values())).toEqual(new Set(['TCPSERVERWRAP', 'TCPWRAP', 'Timeout']))
  client.disconnect()
  await valkey.stop()
  // Sockets are gone some turns after they are told to go; a leak makes this wait in vain.
  while (alive.size > 0) await setImmediate()
})
