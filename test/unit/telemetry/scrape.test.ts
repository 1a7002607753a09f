import { beforeEach, describe, expect, it } from '@jest/globals'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import type { ProbeNote } from '../../../src/domain/probe.js'
import { createScrape, type Scrape } from '../../../src/telemetry/scrape.js'
import type { Standing } from '../../../src/telemetry/standing-gauges.js'
import { samplesOf } from '../../support/samples.js'
import { eventOf } from '../domain/fixtures.js'

const LATENCY = 'buildwatchd_detection_latency_seconds'
const STANDING: Standing = {
  accounts: [
    {
      account: 'default',
      limit: 1000,
      remaining: 700,
      reserve: 100,
      spentByUs: 250,
      spentByOthers: 50,
      resetInMs: 90_500,
      priceS: 12.5,
    },
    { account: 'staging' },
  ],
  events: 12,
  deliveries: { pending: 3, dead: 1 },
}

let standing: () => Promise<Standing>
let names: { accounts: string[]; notifiers: string[] }
let scrape: Scrape

beforeEach(() => {
  standing = async () => STANDING
  names = { accounts: ['default'], notifiers: ['hook'] }
  scrape = createScrape({ version: '1.2.3', names: () => names, standing: () => standing() })
})

const samples = async () => samplesOf(await scrape.text())

function note(more: Partial<ProbeNote> = {}): ProbeNote {
  return { at: 0, why: 'plan', requests: 1, saw: { kind: 'seen', builds: 1, active: 0 }, ...more }
}

/** An end that was seen so long after it. */
function endSeenAfter(detectedAfterMs: number) {
  const event = eventOf({ status: 'SUCCESS', concluded: true, success: true })
  return { ...event, data: { ...event.data, detectedAfterMs } }
}

describe('the counters', () => {
  it('begin at 0 for all that is named in the configuration, so that the first increase shows', async () => {
    const all = await samples()
    expect(all.get('buildwatchd_requests_total{account="default"}')).toBe(0)
    expect(all.get(`${LATENCY}_count{account="default"}`)).toBe(0)
    for (const outcome of OUTCOMES) expect(all.get(concluded(outcome))).toBe(0)
    expect(all.get('buildwatchd_deliveries_total{notifier="hook",result="accepted"}')).toBe(0)
  })

  it('begin for what a reload brings, and lose nothing of what was there', async () => {
    scrape.meters.delivered('hook', 'accepted')
    await scrape.text()
    names = { accounts: ['default'], notifiers: ['hook', 'pager'] }
    const all = await samples()
    expect(all.get('buildwatchd_deliveries_total{notifier="hook",result="accepted"}')).toBe(1)
    expect(all.get('buildwatchd_deliveries_total{notifier="pager",result="dead_lettered"}')).toBe(0)
  })

  it('count probes by why and result, and what they cost', async () => {
    scrape.meters.probed('default', note({ requests: 3 }))
    scrape.meters.probed('default', note())
    scrape.meters.probed('default', note({ why: 'retry', saw: { kind: 'failed', code: 'API_TIMED_OUT' } }))
    const all = await samples()
    const probes = 'buildwatchd_probes_total{account="default"'
    expect(all.get(`${probes},why="plan",result="seen"}`)).toBe(2)
    expect(all.get(`${probes},why="retry",result="failed"}`)).toBe(1)
    expect(all.get('buildwatchd_requests_total{account="default"}')).toBe(5)
  })

  it('count ends by outcome, and no other transition', async () => {
    scrape.meters.recorded(eventOf({ status: 'BUILDING' }))
    scrape.meters.recorded(eventOf({ status: 'FAILURE', concluded: true }))
    const all = await samples()
    expect(OUTCOMES.map((outcome) => all.get(concluded(outcome)))).toEqual([0, 1, 0, 0, 0, 0])
  })

  it('put each end into the bucket of its latency, in seconds', async () => {
    for (const ms of [400, 12_000, 7_200_000]) scrape.meters.recorded(endSeenAfter(ms))
    const all = await samples()
    const atMost = (le: string) => all.get(`${LATENCY}_bucket{le="${le}",account="default"}`)
    expect(['1', '10', '15', '3600', '+Inf'].map(atMost)).toEqual([1, 1, 2, 2, 3])
    expect(all.get(`${LATENCY}_sum{account="default"}`)).toBeCloseTo(7212.4)
  })

  it('take no latency for 0 where the API does not tell when the build ended', async () => {
    scrape.meters.recorded(eventOf({ status: 'SUCCESS', concluded: true, success: true }))
    const all = await samples()
    expect(all.get(concluded('success'))).toBe(1)
    expect(all.get(`${LATENCY}_count{account="default"}`)).toBe(0)
  })
})

describe('the gauges', () => {
  it('show how things stand in base units', async () => {
    const all = await samples()
    const of = (name: string, more = '') => all.get(`buildwatchd_${name}{account="default"${more}}`)
    expect(of('budget_limit_requests')).toBe(1000)
    expect(of('budget_remaining_requests')).toBe(700)
    expect(of('budget_reserve_requests')).toBe(100)
    expect(of('budget_spent_requests', ',by="us"')).toBe(250)
    expect(of('budget_spent_requests', ',by="others"')).toBe(50)
    expect(of('budget_reset_seconds')).toBe(90.5)
    expect(of('request_price_seconds')).toBe(12.5)
    expect(all.get('buildwatchd_event_log_length')).toBe(12)
    expect(all.get('buildwatchd_deliveries_pending')).toBe(3)
    expect(all.get('buildwatchd_deliveries_dead')).toBe(1)
    expect(all.get('buildwatchd_redis_up')).toBe(1)
  })

  it('leave out what is not known of an account', async () => {
    const all = await samples()
    expect([...all.keys()].filter((sample) => sample.includes('staging'))).toEqual([])
  })

  it('leave out all that Redis knows while it is away, and say that it is', async () => {
    scrape.meters.delivered('hook', 'postponed')
    await scrape.text()
    standing = async () => Promise.reject(new Error('away'))
    const all = await samples()
    expect(all.get('buildwatchd_redis_up')).toBe(0)
    expect([...all.keys()].filter((sample) => /_budget_|_price_|_log_|_pending|_dead$/.test(sample))).toEqual(
      [],
    )
    expect(all.get('buildwatchd_deliveries_total{notifier="hook",result="postponed"}')).toBe(1)
    standing = async () => STANDING
    expect((await samples()).get('buildwatchd_event_log_length')).toBe(12)
  })

  it('show nothing of an account that has left', async () => {
    await scrape.text()
    standing = async () => ({ ...STANDING, accounts: [] })
    expect([...(await samples()).keys()].filter((sample) => sample.includes('_budget_'))).toEqual([])
  })

  it('say what runs, since when, and what it takes', async () => {
    const all = await samples()
    expect(all.get(`buildwatchd_build_info{version="1.2.3",node="${process.versions.node}"}`)).toBe(1)
    expect(all.get('buildwatchd_process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
    const startedAt = all.get('buildwatchd_process_start_time_seconds') ?? 0
    expect(Math.abs(Date.now() / 1000 - process.uptime() - startedAt)).toBeLessThan(60)
    const cpu = process.cpuUsage()
    expect(all.get('buildwatchd_process_cpu_seconds_total')).toBeLessThanOrEqual(
      (cpu.user + cpu.system) / 1_000_000,
    )
  })
})

it('two scrapes of one process count apart', async () => {
  const other = createScrape({ version: '1.2.3', names: () => names, standing })
  scrape.meters.delivered('hook', 'accepted')
  expect(samplesOf(await other.text()).get(accepted)).toBe(0)
  expect((await samples()).get(accepted)).toBe(1)
})

const accepted = 'buildwatchd_deliveries_total{notifier="hook",result="accepted"}'

function concluded(outcome: string): string {
  return `buildwatchd_builds_concluded_total{account="default",outcome="${outcome}"}`
}
