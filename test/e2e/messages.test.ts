/** One daemon, a build that breaks its line and one that fails after it, and what a chat is told beyond that. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { planBuild } from '../support/build-plans.js'
import { type Receiver, startReceiver, status } from '../support/notifier-contract-receiver.js'
import { openWorld, type World } from '../support/world.js'
import { API_TOKEN } from '../support/world-files.js'

const FAILURE = { end: { status: 'FAILURE', success: false }, outcome: 'failure' } as const
const LINE = { branch: 'main', pullRequestId: null } as const
const PLANS = [
  planBuild('first', { ...FAILURE, ...LINE, steps: [{ status: 'BUILDING', forMs: 300 }] }),
  planBuild('second', { ...FAILURE, ...LINE, startsInMs: 200, steps: [{ status: 'BUILDING', forMs: 1200 }] }),
]

describe('a message of a failed build', () => {
  let world: World
  let chat: Receiver
  let told: string

  beforeAll(async () => {
    chat = await startReceiver()
    chat.answerWith(status(200, {}, 'ok'))
    world = await openWorld({
      plans: PLANS,
      routes: () => ['chat'],
      notifiers: { chat: { type: 'slack', webhook_url_file: 'chat-url', allow_private: true } },
      messages: { log_lines: 3, link: 'https://app.example.com/{project}/{kind}/{resource}/{build}' },
    })
    await world.write('chat-url', `${chat.origin}/services/T012/B012/a-secret-path`)
    world.start()
    await world.settled(20_000)
    told = chat.received.map(({ body }) => body).find((body) => body.includes('nightly/second')) ?? ''
  }, 40_000)

  afterAll(async () => {
    await world.close()
    await chat.close()
  })

  it('says where to see it, and which build broke the line', () => {
    expect(told).toContain('https://app.example.com/shop/jobs/nightly/second')
    expect(told).toMatch(/Failing since\\nbuild first, commit [\da-f]{12}/)
  })

  it('shows the end of its log, once for each build, and no secret', () => {
    expect(told).toMatch(/Building main at [\da-f]{12}\\nBUILDING\\nFAILURE/)
    const asked = world.api.simulator.served().filter(({ path }) => path.includes('/build-logs?'))
    expect(asked).toHaveLength(PLANS.length)
    expect(told).not.toContain(API_TOKEN)
  })
})
