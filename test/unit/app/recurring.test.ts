import { beforeEach, describe, expect, it } from '@jest/globals'
import { createDigestSchedule } from '../../../src/app/recurring.js'
import type { WorkMeans } from '../../../src/app/work-means.js'
import type { Configuration, DigestSettings } from '../../../src/config/configuration.js'
import type { Schedule } from '../../../src/queue/schedules.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { configurationOf } from './fixtures.js'

const DAILY: DigestSettings = {
  cron: '0 9 * * *',
  timezone: 'Europe/Berlin',
  routes: [{ to: 'ops', on: ['digest'] }],
}

const logger = createRecordingLogger()
let replaced: (Omit<Schedule, 'name'> | undefined)[]
let told: DigestSettings['routes'][]
let reply: Awaited<ReturnType<WorkMeans['store']['appendDigest']>>
let configuration: Configuration

beforeEach(() => {
  logger.lines.length = 0
  replaced = []
  told = []
  reply = { kind: 'refused', reason: 'full' }
  configuration = configurationOf()
})

/** Set anew with each version of the configuration, as reloads do. */
function digestSchedule(): (settings?: DigestSettings) => Promise<void> {
  const means = {
    live: { active: () => ({ configuration }) },
    store: {
      async appendDigest(routes: DigestSettings['routes']) {
        told.push(routes)
        return reply
      },
    },
    logger,
  } as unknown as WorkMeans
  const set = createDigestSchedule(means, {
    async replace(name, schedule) {
      expect(name).toBe('digest')
      replaced.push(schedule)
    },
    stop: async () => undefined,
  })
  return async (settings) => {
    configuration = configurationOf(settings ? { digestSchedule: settings } : {})
    await set()
  }
}

describe('the schedule of the digest', () => {
  it('is none where the settings ask for none', async () => {
    await digestSchedule()()
    expect(replaced).toEqual([])
  })

  it('runs once across replicas, at its times in its time zone, and not because of a start', async () => {
    await digestSchedule()(DAILY)
    expect(replaced).toEqual([
      { cron: '0 9 * * *', timezone: 'Europe/Berlin', once: true, waits: true, run: expect.any(Function) },
    ])
  })

  it('stays as it is with a reload that says the same', async () => {
    const set = digestSchedule()
    await set(DAILY)
    await set({ ...DAILY, routes: [...DAILY.routes] })
    expect(replaced).toHaveLength(1)
  })

  it('goes by what the settings say since', async () => {
    const set = digestSchedule()
    await set(DAILY)
    await set({ ...DAILY, routes: [{ to: 'chat', on: ['digest'] }] })
    await replaced.at(-1)?.run()
    expect(told).toEqual([[{ to: 'chat', on: ['digest'] }]])
    await set()
    expect(replaced).toEqual([expect.anything(), expect.anything(), undefined])
  })

  it('says when Redis refuses the digest', async () => {
    await digestSchedule()(DAILY)
    await replaced[0]?.run()
    expect(logger.lines).toEqual([
      { level: 'error', fields: { reason: 'full' }, message: 'Redis refused the digest' },
    ])
  })
})
