import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { createBriefing } from '../../../src/app/briefing.js'
import type { WatchEvent } from '../../../src/domain/event.js'
import type { Secret } from '../../../src/domain/ports.js'
import { createNorthflankClient } from '../../../src/northflank/client.js'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { configurationOf, secretOf } from './fixtures.js'

const NEVER = new Promise<never>(() => undefined)
const FAILED = sampleEvent({ outcome: 'failure' })

let simulator: Simulator
beforeEach(async () => {
  simulator = await startSimulator({ tokens: ['token'], builds: [] })
})
afterEach(() => simulator.stop())

interface Means {
  readonly token?: Secret
  readonly link?: string
  readonly event?: WatchEvent
}

async function briefed({ token = secretOf('token'), link, event = FAILED }: Means) {
  const logger = createRecordingLogger()
  const client = createNorthflankClient({ baseUrl: simulator.url, token, env: {} })
  const configuration = configurationOf({
    messages: { logLines: 5, ...(link === undefined ? {} : { link }) },
  })
  const sources = { of: () => undefined, clientOf: () => client, close: async () => undefined }
  const budget = {
    take: async () => ({ kind: 'granted', number: 1 }) as const,
    learn: async () => undefined,
  }
  const store = { redis: undefined, keys: undefined, budget }
  const means = Object.assign(Object.create(null), { store, logger, partMs: 50 })
  const briefing = await createBriefing({ configuration, sources }, means)(event)
  await client.close()
  return { briefing, said: logger.lines.map(({ fields }) => JSON.stringify(fields)).join() }
}

it('goes without the log when a secret that is needed for it hangs', async () => {
  const { briefing, said } = await briefed({
    token: { reveal: () => NEVER },
    link: 'https://x.example.com/{build}',
  })
  expect(briefing).toEqual({ link: expect.stringContaining('https://x.example.com/') })
  expect(said).toContain('"part":"log"')
})

it('has no link where ids of others make it longer than services take', async () => {
  const subject = `shop/jobs/nightly/${'%E4%B8%AD'.repeat(300)}`
  const { briefing } = await briefed({ link: 'https://x.example.com/{build}', event: { ...FAILED, subject } })
  expect(briefing.link).toBeUndefined()
})
