import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { arrivalsOf } from '../../../bench/polling/arrivals.js'
import { timers } from '../../../bench/polling/baselines.js'
import { groupsOf, reserveOf } from '../../../bench/polling/cell.js'
import { fairShare } from '../../../bench/polling/fair-share.js'
import { simulate } from '../../../bench/polling/ours.js'
import { readTraces, type TracedJob } from '../../../bench/polling/traces.js'
import { mulberry32 } from '../../../src/domain/seeded-random.js'
import { Allowance } from '../../../src/planning/allowance.js'
import { Timeline } from '../../../src/planning/timeline.js'

const HEAD = 'source,job,started_at_epoch_s,duration_s,outcome'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'traces-'))
})
afterEach(() => {
  rmSync(directory, { recursive: true })
})

function jobOf(name: string, durationsS: readonly number[], everyS = 1000): TracedJob {
  return {
    source: 'ci',
    job: name,
    builds: durationsS.map((durationS, at) => ({ startedAtS: at * everyS, durationS })),
  }
}

function settingOf(arrivals: ReturnType<typeof arrivalsOf>) {
  return { arrivals, limit: 1000, reserve: 100, seed: 1 }
}

describe('the reader of traces', () => {
  it('reads plain and gzipped files alike, quoted names included, oldest build first', () => {
    writeFileSync(
      join(directory, 'a.csv'),
      `${HEAD}\nci,"build, ""all""",200,120,success\nci,"build, ""all""",100,90.5,\n`,
    )
    writeFileSync(join(directory, 'b.csv.gz'), gzipSync(`${HEAD}\nother,x,5,60,failure\n`))
    expect(readTraces(directory)).toEqual([
      {
        source: 'ci',
        job: 'build, "all"',
        builds: [
          { startedAtS: 100, durationS: 90.5 },
          { startedAtS: 200, durationS: 120 },
        ],
      },
      { source: 'other', job: 'x', builds: [{ startedAtS: 5, durationS: 60 }] },
    ])
  })

  it('leaves out jobs that are over within a minute', () => {
    writeFileSync(join(directory, 'a.csv'), `${HEAD}\nci,lint,1,20,\nci,lint,2,30,\nci,build,3,600,\n`)
    expect(readTraces(directory).map(({ job }) => job)).toEqual(['build'])
  })

  it('says what is wrong with a directory or a file', () => {
    expect(() => readTraces(directory)).toThrow('--traces')
    writeFileSync(join(directory, 'a.csv'), 'when,what\n1,2\n')
    expect(() => readTraces(directory)).toThrow('must name the columns')
  })
})

describe('arrivals', () => {
  const jobs = [jobOf('a', Array<number>(500).fill(300)), jobOf('b', Array<number>(500).fill(900))]

  it.each(['steady', 'compressed'] as const)('hold the wanted number of builds under way (%s)', (mode) => {
    const arrivals = arrivalsOf({ jobs, mode, builds: 20, seed: 3, longest: 5000 })
    const busyS = arrivals.reduce((sum, { startS, endS }) => sum + endS - startS, 0)
    expect(arrivals).toHaveLength(1000)
    expect(busyS / arrivals.at(-1)!.startS).toBeGreaterThan(17)
    expect(busyS / arrivals.at(-1)!.startS).toBeLessThan(23)
  })

  it('are the same for the same seed', () => {
    const load = { jobs, mode: 'steady', builds: 20, longest: 100 } as const
    expect(arrivalsOf({ ...load, seed: 3 })).toEqual(arrivalsOf({ ...load, seed: 3 }))
    expect(arrivalsOf({ ...load, seed: 3 })).not.toEqual(arrivalsOf({ ...load, seed: 4 }))
  })
})

describe('the allowance of the simulated API', () => {
  it('refuses where the reserve begins, until the window is over', () => {
    const api = new Allowance(10, 2)
    const answered = Array.from({ length: 10 }, (_, second) => api.ask(second))
    expect(answered.filter(Boolean)).toHaveLength(8)
    expect(api.facts(9)).toEqual({ remaining: 2, resetInS: 3591 })
    expect(api.ask(3600)).toBe(true)
    expect(api).toMatchObject({ refusals: 2, requests: 9 })
  })

  it('keeps a tenth and never less than twenty requests in reserve', () => {
    expect([1000, 100, 30].map(reserveOf)).toEqual([100, 20, 15])
  })
})

describe('the methods', () => {
  const random = mulberry32(5)
  const jobs = ['a', 'b', 'c', 'd'].map((name) =>
    jobOf(
      name,
      Array.from({ length: 60 }, () => 600 * (0.9 + 0.2 * random())),
    ),
  )
  const setting = settingOf(arrivalsOf({ jobs, mode: 'steady', builds: 20, seed: 2, longest: 240 }))
  const mean = ({ latencies }: { latencies: Float64Array }) =>
    latencies.reduce((sum, value) => sum + value, 0) / latencies.length

  it('wait half of the even step on average where the budget goes round', () => {
    expect(mean(fairShare(setting))).toBeGreaterThan(32)
    expect(mean(fairShare(setting))).toBeLessThan(48)
  })

  it('drown in refusals where timers ask too often', () => {
    const run = timers(setting, () => 10)
    expect(run.refusals).toBeGreaterThan(100)
    expect(mean(run)).toBeGreaterThan(600)
  })

  it.each([
    ['single', 0.5],
    ['feeds, starts unknown', 0.35],
    ['feeds, starts told', 0.3],
  ] as const)('of ours (%s) are never refused, spend no more, and tell sooner', (manner, share) => {
    const run = simulate({ ...setting, jobs: jobs.length }, manner)
    expect(run.refusals).toBe(0)
    expect(run.requests).toBeLessThanOrEqual(900 * Math.ceil(run.endS / 3600))
    expect(mean(run)).toBeLessThan(share * mean(fairShare(setting)))
  })

  it('are the same in every run', () => {
    const twice = [1, 2].map(() => simulate({ ...setting, jobs: jobs.length }, 'single').latencies)
    expect(twice[0]).toEqual(twice[1])
  })
})

describe('groups', () => {
  it('are the sources, and the families of those that share a first word', () => {
    const named = ['gha-run', 'gha-job', 'julia'].map((source) => ({ ...jobOf('x', [60]), source }))
    expect(groupsOf(named)).toEqual(['gha-*', 'gha-run', 'gha-job', 'julia'])
  })
})

describe('the timeline', () => {
  it('hands out what is due in the order of time', () => {
    const timeline = new Timeline<number>()
    const instants = Array.from({ length: 300 }, (_, at) => (at * 7919) % 1009)
    for (const at of instants) timeline.add(at, at)
    expect(instants.map(() => timeline.take())).toEqual(instants.toSorted((a, b) => a - b))
    expect(timeline.nextAt).toBe(Infinity)
  })
})
