import { describe, expect, it } from '@jest/globals'
import { ended, feedBench, keyOf, running } from './feed-bench.js'
import { feedOf, interestOf, namedOf } from './fixtures.js'

describe('filters', () => {
  const onMain = interestOf({ filter: { branches: ['main'], pullRequests: 'without' } })

  it('keep what no watch wants off the record', async () => {
    const bench = feedBench(feedOf([onMain]))
    bench.api.serve(running('dev', 1, { branch: 'dev' }))
    bench.api.serve(running('pr', 2, { pullRequestId: 7 }))
    bench.api.serve(running('main', 3))
    await bench.poll()
    expect(bench.events()).toEqual(['main#BUILDING'])
    expect(bench.records.heldOf(keyOf('dev'))).toBeUndefined()
  })

  it('wait for a branch that is not told yet', async () => {
    const bench = feedBench(feedOf([onMain]))
    await bench.poll()
    bench.api.serve({ id: 'a', status: 'QUEUED' })
    await bench.poll()
    bench.api.serve(running('a', 1))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING'])
  })

  it('know a branch that an answer leaves out by the answers before', async () => {
    const bench = feedBench(feedOf([onMain]))
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.serve({ id: 'a', status: 'FAILURE', concluded: true, success: false })
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
    expect(bench.records.log.at(-1)?.event.data).toMatchObject({ line: 'branch/main' })
  })

  it('send each build to the watches that want it', async () => {
    const all = interestOf({ routes: [{ to: 'console', on: ['transitioned'] }] })
    const bench = feedBench(feedOf([all, onMain]))
    bench.api.serve(running('a', 1))
    bench.api.serve(running('b', 2, { branch: 'dev' }))
    await bench.poll()
    expect(bench.routesOf('a#BUILDING')).toEqual(['console', 'hook'])
    expect(bench.routesOf('b#BUILDING')).toEqual(['console'])
  })

  it('that are narrowed let go of what they followed', async () => {
    const bench = feedBench()
    bench.api.serve(running('dev', 1, { branch: 'dev' }))
    await bench.poll()
    await bench.reload(feedOf([onMain]))
    bench.api.serve(ended('dev', 2, { branch: 'dev' }))
    await bench.poll()
    expect(bench.events()).toEqual(['dev#BUILDING'])
    expect(bench.records.isActive(keyOf('dev'))).toBe(false)
  })

  it('that are widened take older conclusions for history, and newer ones for news', async () => {
    const bench = feedBench(feedOf([onMain]))
    await bench.poll()
    bench.api.serve(ended('before', 3, { branch: 'dev' }))
    await bench.poll()
    bench.afterMinutes(5)
    await bench.reload(feedOf([interestOf()]))
    await bench.poll()
    bench.api.serve(ended('after', 6, { branch: 'dev' }))
    await bench.poll()
    expect(bench.events()).toEqual(['after#concluded'])
    expect(bench.records.heldOf(keyOf('before'))).toMatchObject({ history: true, seq: 0 })
  })
})

describe('a build that a watch names, in a watched job', () => {
  it('is followed by the list, and told to its own routes and those of the job', async () => {
    const bench = feedBench(feedOf([interestOf()], [namedOf('a')]))
    bench.api.serve(running('a', 1))
    await bench.poll()
    expect(bench.api.asked).toEqual(['list'])
    expect(bench.routesOf('a#BUILDING')).toEqual(['hook', 'ops'])
  })

  it('is told once when it had ended long ago, and to its own routes alone', async () => {
    const bench = feedBench(feedOf([interestOf()], [namedOf('a')]))
    bench.api.serve(ended('a', -10_000))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual(['a#concluded'])
    expect(bench.routesOf('a#concluded')).toEqual(['ops'])
  })

  it('is told when it was history before the watch named it', async () => {
    const bench = feedBench()
    bench.api.serve(ended('a', -10))
    await bench.poll()
    expect(bench.events()).toEqual([])
    await bench.reload(feedOf([interestOf()], [namedOf('a')]))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual(['a#concluded'])
    expect(bench.records.log[0]?.event.data).toMatchObject({ seq: 1, from: null })
  })

  it('is read by its id where the list does not show it', async () => {
    const bench = feedBench(feedOf([interestOf()], [namedOf('old')]))
    bench.api.serve(ended('old', -50_000))
    bench.api.unlist('old')
    await bench.poll()
    expect(bench.api.asked).toEqual(['list', 'get old'])
    await bench.poll()
    expect(bench.api.asked).toEqual(['list', 'get old', 'list'])
    expect(bench.events()).toEqual(['old#concluded'])
  })

  it('is wanted whatever the filters say', async () => {
    const bench = feedBench(
      feedOf([interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })], [namedOf('a')]),
    )
    bench.api.serve(running('a', 1, { branch: 'dev' }))
    await bench.poll()
    expect(bench.routesOf('a#BUILDING')).toEqual(['ops'])
  })
})
