import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { ProbeNote } from '../../../src/domain/probe.js'
import { createProbeNotes } from '../../../src/store/probe-notes.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, START_AT } from './store-fixtures.js'

const JOB = 'shop/jobs/nightly'
const noteAt = (at: number, facts: Partial<ProbeNote> = {}): ProbeNote => ({
  at,
  why: 'plan',
  requests: 1,
  saw: { kind: 'seen', builds: 3, active: 1 },
  ...facts,
})

describeEachRedis('the notes of probes', (engine) => {
  let redis: Redis
  let notes: ReturnType<typeof createProbeNotes>

  beforeEach(() => {
    redis = engine.connect()
    notes = createProbeNotes({ redis, keys: KEYS })
  })

  it('are read as they were written, oldest first, each target for itself', async () => {
    const failed = noteAt(START_AT + 1, {
      why: 'retry',
      requests: 3,
      saw: { kind: 'failed', code: 'API_TIMED_OUT' },
    })
    const postponed = noteAt(START_AT + 2, { why: 'governor', saw: { kind: 'postponed' } })
    for (const each of [noteAt(START_AT), failed, postponed]) await notes.note(JOB, each)
    await notes.note('shop/jobs/other', noteAt(START_AT))
    expect(await notes.read(JOB)).toEqual([noteAt(START_AT), failed, postponed])
  })

  it('are none of a target that was never asked', async () => {
    expect(await notes.read(JOB)).toEqual([])
  })

  it('are some hundreds at most, the newest, and go two weeks after the last', async () => {
    for (let at = 0; at < 1000; at++) await notes.note(JOB, noteAt(at))
    const kept = await notes.read(JOB)
    expect(kept.length).toBeGreaterThanOrEqual(400)
    expect(kept.length).toBeLessThanOrEqual(600)
    expect(kept.at(-1)).toEqual(noteAt(999))
    expect(await redis.pttl(KEYS.probes(JOB))).toBeGreaterThan(13 * 86_400_000)
  })

  it('are left out where Redis refuses them: the probe counts, not its note', async () => {
    await redis.set(KEYS.probes(JOB), 'foreign')
    await expect(notes.note(JOB, noteAt(START_AT))).resolves.toBeUndefined()
    await expect(notes.read(JOB)).rejects.toMatchObject({
      message: expect.stringContaining(KEYS.probes(JOB)),
    })
  })

  it('say that a plan was the reason where a newer replica had one that is not known here', async () => {
    await redis.xadd(
      KEYS.probes(JOB),
      '*',
      'at',
      1,
      'why',
      'webhook',
      'requests',
      1,
      'saw',
      '{"kind":"postponed"}',
    )
    expect(await notes.read(JOB)).toEqual([noteAt(1, { saw: { kind: 'postponed' } })])
  })
})
