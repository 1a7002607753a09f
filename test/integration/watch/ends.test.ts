/** How builds end, as the exit code and the output of `watch` tell it. */
import { describe, expect, it } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { Outcome } from '../../../src/domain/outcome.js'
import { readPage } from '../../contract/docs/markdown.js'
import { JOB, pastScript, scriptOf, watchBench } from './watch-bench.js'

const bench = watchBench()

describe('the exit code says how a build ended', () => {
  it.each<[Outcome, number]>([
    ['success', 0],
    ['failure', 1],
    ['crashed', 1],
    ['submission_failure', 1],
    ['unknown', 1],
    ['aborted', 3],
  ])('%s: %i', async (outcome, exitCode) => {
    const end = outcome === 'unknown' ? { end: { status: 'SUCCESS', success: false } } : { outcome }
    bench.api().addBuild(scriptOf('b-1', end))
    expect(await bench.watch(`${JOB}/b-1`)).toMatchObject({ code: exitCode })
  })
})

it('prints a line for each transition, and the end last', async () => {
  bench.api().addBuild(scriptOf('b-1', { sha: '0123456789abcdef' }))
  const { stdout, stderr } = await bench.watch(`${JOB}/b-1`)
  const lines = stdout.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(1)
  expect(lines[0]).toMatch(/^\S+ \S+Z {2}shop\/jobs\/nightly\/b-1 is now [A-Z]+, .* old \(main, 0123456\)$/)
  expect(lines.at(-1)).toMatch(/ shop\/jobs\/nightly\/b-1 succeeded after .* \(main, 0123456\)$/)
  expect(stderr).toMatch(/^asking http:\S+ as account default: no daemon /)
})

it('prints events that the published schema allows, one on each line', async () => {
  const ajv = new Ajv2020({ strict: false, formats: { 'date-time': true } })
  const isEvent = ajv.compile(JSON.parse(readPage('src/domain/event.schema.json')))
  bench.api().addBuild(scriptOf('b-1', { outcome: 'failure' }))
  const { code, stdout } = await bench.watch(`${JOB}/b-1`, '-o', 'json')
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(code).toBe(1)
  expect(events.filter((event) => !isEvent(event))).toEqual([])
  expect(events.at(-1)).toMatchObject({
    id: `${JOB}/b-1#concluded`,
    source: 'buildwatchd/default',
    data: { outcome: 'failure', seq: events.length, build: { status: 'FAILURE' } },
  })
})

it('prints YAML documents where that is asked for', async () => {
  bench.api().addBuild(pastScript('b-1'))
  const { stdout } = await bench.watch(`${JOB}/b-1`, '-o', 'yaml')
  expect(stdout).toMatch(/^---\nspecversion: "1.0"\nid: shop\/jobs\/nightly\/b-1#concluded\n/)
})

it('prints nothing with --quiet, and events where -o asks for them', async () => {
  bench.api().addBuild(pastScript('b-1', { outcome: 'aborted' }))
  expect(await bench.watch(`${JOB}/b-1`, '--quiet')).toEqual({ code: 3, stdout: '', stderr: '' })
  const named = await bench.watch(`${JOB}/b-1`, '--quiet', '-o', 'json')
  expect(named).toMatchObject({ code: 3, stderr: '' })
  expect(JSON.parse(named.stdout)).toMatchObject({ data: { outcome: 'aborted' } })
})

describe('of several builds', () => {
  it('all are followed on shared requests, and the worst end is the exit code', async () => {
    for (const [build, outcome] of [
      ['b-1', 'success'],
      ['b-2', 'aborted'],
      ['b-3', 'failure'],
    ] as const)
      bench.api().addBuild(scriptOf(build, { outcome }))
    const { code, stdout } = await bench.watch(`${JOB}/b-1`, `${JOB}/b-2`, `${JOB}/b-3`)
    expect(code).toBe(1)
    expect(stdout).toMatch(/\n3 builds: (?:1 \w+(?:, )?){3}\n$/)
    expect(bench.asked().filter((path) => path.includes('per_page'))[0]).toBeDefined()
    const byId = bench.asked().filter((path) => !path.includes('per_page'))
    // Only the last of them may be read alone.
    expect(new Set(byId).size).toBeLessThanOrEqual(1)
  })

  it('an aborted one counts more than one that is not there', async () => {
    bench.api().addBuild(pastScript('b-1', { outcome: 'aborted' }))
    const { code } = await bench.watch(`${JOB}/b-1`, `${JOB}/none`, '--appear-timeout', '100ms')
    expect(code).toBe(3)
  })

  it('one of which no answer can be read hides no end of the others', async () => {
    bench.api().addBuild(scriptOf('b-1', { outcome: 'failure' }))
    bench.api().addBuild(scriptOf('b-2'))
    bench.api().fault({ kind: 'unlisted', build: `${JOB}/b-2` })
    bench.api().fault({ kind: 'junk_json', path: '/build/b-2$' })
    const watching = bench.watch(`${JOB}/b-1`, `${JOB}/b-2`, '--fail-fast', '--timeout', '10s')
    expect(await watching).toMatchObject({ code: 1, stdout: expect.stringContaining('b-1 failed') })
  })

  it('the first bad end is the end of all with --fail-fast', async () => {
    bench.api().addBuild(pastScript('b-1', { outcome: 'failure' }))
    bench.api().addBuild(scriptOf('b-2', { steps: [{ status: 'BUILDING', forMs: 600_000 }] }))
    const { code, stdout } = await bench.watch(`${JOB}/b-2`, `${JOB}/b-1`, '--fail-fast')
    expect(code).toBe(1)
    expect(stdout).toMatch(/\n2 builds: 1 not waited for, 1 failure\n$/)
  })
})

it('says of all builds that the time was up, with --fail-fast too', async () => {
  const steps = [{ status: 'BUILDING', forMs: 600_000 }]
  for (const build of ['a', 'b']) bench.api().addBuild(scriptOf(build, { steps }))
  const { code, stdout } = await bench.watch(`${JOB}/a`, `${JOB}/b`, '--fail-fast', '--timeout', '800ms')
  expect(code).toBe(124)
  expect(stdout).toMatch(/^2 builds: 2 timed out$/m)
})
