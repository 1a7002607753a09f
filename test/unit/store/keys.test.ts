import { describe, expect, it } from '@jest/globals'
import { createKeys, patternOf } from '../../../src/store/keys.js'

const KEY = 'teams/acme/shop/jobs/nightly/quick-fox-1'

describe('key names', () => {
  it('are those that readers rely on', () => {
    const keys = createKeys('buildwatch')
    expect(keys.build(KEY)).toBe(`{buildwatch}:build:${KEY}`)
    expect(keys.transitions(KEY)).toBe(`{buildwatch}:transitions:${KEY}`)
    expect(keys.events).toBe('{buildwatch}:events')
    expect(keys.meta).toBe('{buildwatch}:meta')
    expect(keys.queue).toBe('{buildwatch}:queue')
    expect(keys.channel(KEY)).toBe(`buildwatch:events:${KEY}`)
  })

  it('lie in one cluster slot and are all different', () => {
    const keys = createKeys('ci_2')
    const { channel: _, ...selfTest } = keys.selfTest
    const names = [
      keys.meta,
      keys.events,
      keys.targets,
      keys.openTargets,
      keys.configuration,
      keys.seenConfigurations,
      keys.replicas,
      keys.pendingDeliveries,
      keys.deadDeliveries,
      keys.queuedNotifiers,
      keys.suspended,
      keys.silences,
      keys.heartbeats,
      keys.watermarks,
      keys.accounts,
      keys.named,
      keys.queue,
      ...[
        keys.build,
        keys.transitions,
        keys.target,
        keys.budget,
        keys.permits,
        keys.delivery,
        keys.heartbeat,
        keys.active,
        keys.durations,
        keys.lines,
        keys.linesMoved,
        keys.trouble,
        keys.run,
      ].map((name) => name('x')),
      ...Object.values(selfTest),
    ]
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^\{ci_2\}:/)
  })

  it('gather what one run of the record script touches', () => {
    const keys = createKeys('buildwatch')
    const resource = 'teams/acme/shop/jobs/nightly'
    const ref = {
      team: 'acme',
      project: 'shop',
      kind: 'jobs' as const,
      resource: 'nightly',
      build: 'quick-fox-1',
    }
    expect(keys.record(ref)).toEqual({
      build: keys.build(KEY),
      transitions: keys.transitions(KEY),
      events: keys.events,
      active: keys.active(resource),
      durations: keys.durations(resource),
      lines: keys.lines(resource),
      linesMoved: keys.linesMoved(resource),
      channel: keys.channel(KEY),
    })
  })

  it('are found by one pattern, those of another prefix left out', () => {
    expect(patternOf(createKeys('ci_2'))).toBe('{ci_2}:*')
  })

  it('keep the self-test away from what subscribers of events hear', () => {
    const { selfTest } = createKeys('buildwatch')
    expect(selfTest.channel).toBe('buildwatch:selftest')
    expect(selfTest.events).not.toBe(createKeys('buildwatch').events)
  })

  it.each(['', 'Build', 'a:b', 'a{b}', 'a*', 'a b'])('refuse the prefix "%s"', (prefix) => {
    expect(() => createKeys(prefix)).toThrow('redis.prefix')
  })
})
