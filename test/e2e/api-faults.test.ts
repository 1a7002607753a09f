/**
 * One daemon, one build for each thing that can go wrong between it and the API, all at once; each fault lasts a few seconds
 * and heals. The limit, which concerns an account as a whole, has worlds of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { FaultRule } from '../../src/simulator/fault-rule.js'
import { keyOf, planBuild } from '../support/build-plans.js'
import type { DaemonProcess } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import type { History } from '../support/history-checker/history.js'
import { inWorld, openWorld, type World } from '../support/world.js'
import { throttleFor } from '../support/world-faults.js'
import { itOnServer } from '../support/world-redis.js'

type Fault = Omit<FaultRule, 'build'>

/** Each fault, and the code under which the daemon says that it could not see the build; none where it could. */
const FAULTS: readonly (readonly [name: string, fault: Fault, code?: string])[] = [
  ['401', { kind: 'unauthorized' }, 'API_UNAUTHORIZED'],
  ['403', { kind: 'forbidden' }],
  ['404', { kind: 'not_found' }, 'API_NOT_FOUND'],
  ['500', { kind: 'server_error', status: 500 }, 'API_UNREACHABLE'],
  ['503', { kind: 'server_error', status: 503 }, 'API_UNREACHABLE'],
  ['an HTML 502', { kind: 'html' }, 'API_UNREACHABLE'],
  ['an HTML 200', { kind: 'html', status: 200 }, 'API_BAD_RESPONSE'],
  ['an empty 200', { kind: 'empty' }, 'API_BAD_RESPONSE'],
  ['204', { kind: 'no_content' }, 'API_BAD_RESPONSE'],
  ['half a JSON', { kind: 'junk_json' }, 'API_BAD_RESPONSE'],
  ['a redirect', { kind: 'redirect' }, 'API_BAD_RESPONSE'],
  ['silence', { kind: 'hang' }, 'API_TIMED_OUT'],
  ['a body that is cut', { kind: 'cut' }, 'API_UNREACHABLE'],
  ['a body that drips', { kind: 'drip', delayMs: 100 }, 'API_TIMED_OUT'],
  ['a decompression bomb', { kind: 'bomb' }, 'API_BAD_RESPONSE'],
  ['a huge body', { kind: 'huge' }, 'API_BAD_RESPONSE'],
  ['a contradiction', { kind: 'contradiction' }],
  ['a regression', { kind: 'regression', times: 3 }],
  ['missing fields', { kind: 'missing_fields' }],
]
/** Long enough that the immediate retries of a first probe end within it, however slowly the daemon starts. */
const FAULT_MS = 6000
const STEPS = [
  { status: 'QUEUED', forMs: 1000 },
  { status: 'BUILDING', forMs: 7000 },
]
const CASES = FAULTS.map(([name, fault, code], at) => {
  // Each of a job of its own: what a token may not do at one build of a job it is not asked to do at others.
  const plan = planBuild(`fault-${at}`, {
    resource: `job-${at}`,
    steps: STEPS,
    end: { status: 'FAILURE', success: false },
    outcome: 'failure',
  })
  return { name, fault, code, plan }
})

describe('an API that for some seconds answers with', () => {
  let world: World
  let daemon: DaemonProcess
  let history: History

  beforeAll(async () => {
    const polling = { min_interval: '200ms', max_interval: '400ms', timeout: '1s' }
    world = await openWorld({ plans: CASES.map(({ plan }) => plan), polling })
    for (const { fault, plan } of CASES)
      world.api.simulator.fault({ ...fault, build: keyOf(plan), lastsMs: FAULT_MS })
    daemon = world.start()
    await world.settled(30_000)
    history = await world.history()
  }, 50_000)

  afterAll(() => world.close())

  it.each(CASES)('$name is overcome: the build ends as it did', ({ fault, code, plan }) => {
    const key = keyOf(plan)
    const struck = world.api.simulator
      .served()
      .filter((answer) => answer.key === key && answer.faults.includes(fault.kind))
    expect(struck.length).toBeGreaterThan(0)
    expect(history.events.filter(({ build, concluded }) => build === key && concluded)).toMatchObject([
      { to: 'FAILURE', outcome: 'failure' },
    ])
    const troubles = daemon
      .stderr()
      .filter((line) => line.includes('"code":"API_') && line.includes(`"${key}"`))
    const codes = new Set(troubles.map((line) => String(JSON.parse(line).code)))
    expect([...codes]).toEqual(code === undefined ? [] : [code])
  })

  it('403 to a build by its id is no trouble: it is followed through the list, and the missing right is said', () => {
    const said = daemon.stderr().filter((line) => line.includes('the token lacks a permission'))
    expect(said.map((line) => JSON.parse(line).permission)).toEqual([
      'Project > Jobs > Deployment > Deploy Build',
    ])
  })

  it('any of these is recorded and told as nothing that was not so', () => {
    expect(checkHistory(history).map(formatFinding)).toEqual([])
    expect(daemon.isRunning()).toBe(true)
  })
})

describe('an account', () => {
  const plans = Array.from({ length: 8 }, (_, at) =>
    planBuild(`build-${at + 1}`, { steps: [{ status: 'BUILDING', forMs: 4000 }] }),
  )

  it.concurrent('that is throttled is left alone until the reset, and then goes on', async () => {
    await inWorld({ plans, windowMs: 3000 }, async (world) => {
      const { simulator } = world.api
      world.start()
      await eventually(() => simulator.served().length > 10, { what: 'some answers', withinMs: 15_000 })
      throttleFor(world, 4000)
      const refusal = await eventually(() => simulator.served().find(({ status }) => status === 429), {
        what: 'a 429',
        withinMs: 15_000,
      })
      await world.settled(30_000)
      const resetAt = simulator.requests().find(({ resetsAt }) => resetsAt > refusal.at)?.resetsAt ?? 0
      expect(resetAt).toBeGreaterThan(refusal.at)
      const early = simulator
        .served()
        .filter(({ startedAt }) => startedAt > refusal.at + 50 && startedAt < resetAt)
      expect(early).toEqual([])
      expect(checkHistory(await world.history()).map(formatFinding)).toEqual([])
    })
  }, 60_000)

  itOnServer(
    'whose limit is too small for its builds is never asked beyond it, not even across a crash',
    async (redis) => {
      await inWorld({ plans, redis, limit: 30, windowMs: 3000 }, async (world) => {
        const first = world.start()
        await first.line('build is now BUILDING')
        await world.kill(first)
        world.start()
        await world.settled(40_000)
        const windows = world.api.simulator.requests()
        expect(windows.length).toBeGreaterThan(1)
        expect(windows.filter(({ refused }) => refused > 0)).toEqual([])
        expect(checkHistory(await world.history()).map(formatFinding)).toEqual([])
      })
    },
    60_000,
  )
})
