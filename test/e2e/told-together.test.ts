/** One daemon, ends that come within the span of a group, and a chat that is told of all of them in one message. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { keyOf, planBuild } from '../support/build-plans.js'
import type { LedgerRow } from '../support/history-checker/history.js'
import { type Receiver, startReceiver, status } from '../support/notifier-contract-receiver.js'
import { openWorld, type World } from '../support/world.js'

const PLANS = ['first', 'second', 'third'].map((build, at) =>
  planBuild(build, { resource: `job-${build}`, steps: [{ status: 'BUILDING', forMs: 300 + 200 * at }] }),
)

describe('a chat that is told of ends together', () => {
  let world: World
  let chat: Receiver
  let rows: readonly LedgerRow[]

  beforeAll(async () => {
    chat = await startReceiver()
    chat.answerWith(status(200, {}, 'ok'))
    const url = `${chat.origin}/services/T012/B012/a-secret-path`
    world = await openWorld({
      plans: PLANS,
      routes: () => ['chat', 'hook'],
      notifiers: { chat: { type: 'slack', webhook_url_file: 'chat-url', allow_private: true, group: '2s' } },
    })
    await world.write('chat-url', url)
    world.start()
    await world.settled(20_000)
    rows = (await world.history()).ledger.filter(({ id }) => id.endsWith('->chat'))
  }, 40_000)

  afterAll(async () => {
    await world.close()
    await chat.close()
  })

  it('gets one message, which names each of them', () => {
    expect(chat.received).toHaveLength(1)
    for (const plan of PLANS) expect(chat.received[0]?.body).toContain(keyOf(plan))
  })

  it('has taken one delivery; the others ended as told along with it', () => {
    const [leader, ...others] = [...rows].sort((a, b) => a.state.localeCompare(b.state))
    expect(leader).toMatchObject({ state: 'accepted' })
    expect(others.map(({ state, reason }) => `${state} ${reason}`)).toEqual([
      'suppressed grouped',
      'suppressed grouped',
    ])
  })

  it('does not hold up one who is told of each by itself', () => {
    expect(world.hook().attempts).toHaveLength(PLANS.length)
    const last = Math.max(...world.hook().attempts.map(({ startedAt }) => startedAt))
    const first = Math.min(...world.hook().attempts.map(({ startedAt }) => startedAt))
    expect(last - first).toBeLessThan(2000)
  })
})
