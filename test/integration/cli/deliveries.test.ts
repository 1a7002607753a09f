/** `deliveries` over what a ledger has left in Redis. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { deliveryId, type PlannedDelivery } from '../../../src/domain/delivery.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createLedger } from '../../../src/store/ledger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'
import { entryFor, KEYS, refOf, START_AT, snapshotOf, testClock } from '../store/store-fixtures.js'

function planned(build: string, notifier: string): PlannedDelivery {
  const event = entryFor(UNRECORDED, snapshotOf({ status: 'QUEUED' }, refOf(build))).change?.event
  if (!event) throw new Error('no transition')
  return { id: deliveryId(event.id, notifier), notifier, event, lane: 'lane' }
}

const [WAITING, DEAD, TAKEN] = [planned('a', 'hook'), planned('b', 'hook'), planned('b', 'ops')]
const SECRET_FREE_BODY = '{"text":"b is QUEUED"}'

describeEachRedis('deliveries', (engine) => {
  let redis: Redis
  let ledger: ReturnType<typeof createLedger>

  beforeEach(async () => {
    redis = engine.connect()
    const clock = testClock()
    ledger = createLedger({ redis, keys: KEYS, clock })
    await ledger.open([WAITING, DEAD, TAKEN])
    const attempt = { body: SECRET_FREE_BODY, order: 'any', together: [] } as const
    await ledger.begin(DEAD.id, attempt)
    await ledger.postpone(DEAD.id, START_AT + 1000, 'HTTP 503: out of order')
    clock.advance(1000)
    await ledger.begin(DEAD.id, attempt)
    await ledger.end(DEAD.id, { kind: 'dead_lettered', reason: 'refused', detail: 'HTTP 400' })
    await ledger.end(TAKEN.id, { kind: 'accepted' })
  })

  const run = (...argv: string[]) => captured(['deliveries', ...argv], { REDIS_URL: engine.url() })
  const idsIn = (stdout: string): string[] => JSON.parse(stdout).map(({ id }: { id: string }) => id)

  it('lists what waits and what is dead, with why, and the id whole', async () => {
    const { code, stdout, stderr } = await run('list')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(new RegExp(`hook +due +0\\n  ${WAITING.id}\\n`))
    expect(stdout).toMatch(new RegExp(`hook +dead +2 +refused: HTTP 400\\n  ${DEAD.id}\\n`))
    expect(stdout).not.toContain(TAKEN.id)
  })

  it.each([
    [['--state', 'dead'], [DEAD.id]],
    [['--state', 'pending'], [WAITING.id]],
    [['--build', WAITING.event.subject], [WAITING.id]],
    [
      ['--event', DEAD.event.id],
      [DEAD.id, TAKEN.id],
    ],
    [['--event', DEAD.event.id, '--notifier', 'ops'], [TAKEN.id]],
    [['--notifier', 'nobody'], []],
    [['--until', '2026-01-01'], []],
  ])('finds them by %j', async (argv, ids) => {
    const { stdout } = await run('list', ...argv, '-o', 'json')
    expect(idsIn(stdout).sort()).toEqual([...ids].sort())
  })

  it('shows one with its attempts and its body', async () => {
    const { stdout } = await run('show', DEAD.id)
    expect(stdout).toMatch(/^state +dead lettered: refused: HTTP 400$/m)
    expect(stdout).toMatch(/^failed +2026-01-05 12:00:00Z {2}HTTP 503: out of order$/m)
    expect(stdout).toContain(SECRET_FREE_BODY)
  })

  it('replays a dead letter: due at once, with the body that it had and a new schedule', async () => {
    expect(await run('replay', DEAD.id)).toEqual({ code: 0, stdout: '1 replayed\n', stderr: '' })
    expect(await ledger.find(DEAD.id)).toMatchObject({ body: SECRET_FREE_BODY })
    expect(await redis.ttl(KEYS.delivery(DEAD.id))).toBe(-1)
    expect((await ledger.pending()).map(({ id }) => id).sort()).toEqual([WAITING.id, DEAD.id].sort())
    const attempt = { body: 'new', order: 'any', together: [] } as const
    expect(await ledger.begin(DEAD.id, attempt)).toEqual({
      kind: 'started',
      attempt: 1,
      body: SECRET_FREE_BODY,
    })
    expect(idsIn((await run('list', '--state', 'dead', '-o', 'json')).stdout)).toEqual([])
  })

  it('replays all dead letters of a notifier, and nothing that waits or was taken', async () => {
    expect((await run('replay', '--notifier', 'hook')).stdout).toBe('1 replayed\n')
    expect((await run('replay', '--all')).stdout).toBe('0 replayed\n')
  })

  it('replays nothing to a notifier that is suspended, and says what to do first', async () => {
    await ledger.suspend('hook', 'HTTP 410')
    const { code, stderr } = await run('replay', DEAD.id)
    expect(code).toBe(2)
    expect(stderr).toContain('first run buildwatchd deliveries resume hook')
    expect((await run('resume', 'hook')).stdout).toContain('hook goes on')
    expect(await run('resume', 'hook')).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('no notifier of the name hook is suspended'),
    })
    expect((await run('replay', DEAD.id)).code).toBe(0)
  })

  it('replays all but what a suspended notifier would be told, and names that', async () => {
    const other = planned('c', 'ops')
    await ledger.open([other])
    await ledger.end(other.id, { kind: 'dead_lettered', reason: 'exhausted' })
    await ledger.suspend('hook', 'HTTP 410')
    const { code, stdout, stderr } = await run('replay', '--all')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 replayed\n' })
    expect(stderr).toContain(`${DEAD.id}: its notifier is suspended`)
  })

  it('says of one that is not there that Redis holds none', async () => {
    const { code, stderr } = await run('replay', 'nothing->hook')
    expect({ code, stderr }).toEqual({
      code: 5,
      stderr: expect.stringContaining('Redis holds no such delivery'),
    })
  })

  it('says until when one is quiet', async () => {
    const at = Date.UTC(2099, 0, 1)
    await ledger.open([{ ...planned('quiet', 'hook'), notBefore: at }])
    expect((await run('list')).stdout).toMatch(/due in .* quiet until 2099-01-01 00:00:00Z\n/)
  })

  it('says how to find what was taken, where it cannot list it', async () => {
    expect((await run('list', '--state', 'accepted')).stderr).toContain('name it with --build')
    expect((await run('list', '--state', 'accepted', '--build', TAKEN.event.subject)).stdout).toContain(
      TAKEN.id,
    )
  })

  it('drops what waits and what is dead, and tells which of those named was neither', async () => {
    const { code, stdout, stderr } = await run('drop', WAITING.id, DEAD.id, TAKEN.id)
    expect({ code, stdout }).toEqual({ code: 5, stdout: '2 dropped\n' })
    expect(stderr).toContain(TAKEN.id)
    expect(idsIn((await run('list', '-o', 'json')).stdout)).toEqual([])
    expect(await redis.hmget(KEYS.delivery(WAITING.id), 'state', 'reason')).toEqual([
      'dead_lettered',
      'dropped',
    ])
  })

  it('decides over all of them only when told so', async () => {
    for (const word of ['replay', 'drop']) {
      const { code, stderr } = await run(word)
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining('--all means all of them'),
      })
    }
    expect((await run('drop', '--all')).stdout).toBe('2 dropped\n')
  })

  it('refuses what it cannot read, and names the cure', async () => {
    expect((await run('list', '--state', 'lost')).stderr).toContain('--state takes open, dead, all')
    expect((await run('list', '--since', 'yesterday')).stderr).toContain('--since takes a span such as 2h')
    expect(await run('show', 'nothing->hook')).toMatchObject({ code: 5 })
  })
})
