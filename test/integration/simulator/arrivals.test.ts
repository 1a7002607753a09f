import { expect, test } from '@jest/globals'
import { parseArrivals } from '../../../src/simulator/simulator.js'
import { localSimulator, START_AT } from './local-simulator.js'

const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const LIST = '/v1/projects/shop/jobs/nightly/build'

test('builds arrive as time passes, compressed like everything, and their truth is at hand', async () => {
  const { simulator, json, pass } = await localSimulator({ timeScale: 60 })
  simulator.addArrivals({
    resource: JOB,
    everyMs: 60_000,
    count: 5,
    pullRequestShare: 0.5,
    outcomes: { failure: 1 },
  })
  const truth = simulator.buildsOf(JOB)
  expect(truth.map(({ createdAt }) => createdAt - START_AT)).toEqual([1000, 2000, 3000, 4000, 5000])
  expect(truth.map(({ outcome }) => outcome)).toEqual(Array.from(truth, () => 'failure'))
  pass(3500)
  const served = (await json(LIST)).data.builds
  expect(served).toEqual(
    truth
      .slice(0, 3)
      .toReversed()
      .map(({ ref, branch, pullRequestId }) =>
        expect.objectContaining({ id: ref.build, branch, pullRequestId }),
      ),
  )
})

test('what comes of a plan is the same for the same seed, and a plan may have a seed of its own', async () => {
  const run = async (seed: number, own?: number) => {
    const { simulator } = await localSimulator({ seed })
    simulator.addArrivals({ resource: JOB, perHour: 30, count: 20, seed: own })
    return simulator.buildsOf(JOB).map(({ createdAt, outcome }) => `${createdAt} ${outcome}`)
  }
  expect(await run(1)).toEqual(await run(1))
  expect(await run(1)).not.toEqual(await run(2))
  expect(await run(1, 7)).toEqual(await run(2, 7))
})

test('a plan that makes no sense, or meets builds that are there, adds nothing', async () => {
  const { simulator } = await localSimulator()
  simulator.addBuild({ ref: { ...JOB, build: 'build-3' } })
  for (const plan of [{ resource: JOB }, { resource: JOB, everyMs: 1, count: 5 }])
    expect(() => simulator.addArrivals(plan)).toThrow(expect.objectContaining({ code: 'USAGE' }))
  expect(simulator.buildsOf(JOB)).toHaveLength(1)
  expect(simulator.addArrivals({ resource: JOB, everyMs: 1, count: 5, prefix: 'more' })).toHaveLength(5)
})

test('a job that nobody knows has no builds', async () => {
  expect((await localSimulator()).simulator.buildsOf(JOB)).toEqual([])
})

test('a plan in one line is a plan like any other', async () => {
  const { simulator } = await localSimulator()
  const builds = simulator.addArrivals(parseArrivals('shop/jobs/nightly,everyMs=1000,count=2,failure=1'))
  expect(builds.map(({ key, outcome }) => [key, outcome])).toEqual([
    ['shop/jobs/nightly/build-1', 'failure'],
    ['shop/jobs/nightly/build-2', 'failure'],
  ])
})
