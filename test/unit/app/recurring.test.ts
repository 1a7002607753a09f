import { beforeEach, describe, expect, it } from '@jest/globals'
import { createDigestSchedule, type DigestMeans } from '../../../src/app/recurring.js'
import type { DigestSettings } from '../../../src/config/configuration.js'
import type { Route } from '../../../src/domain/route.js'
import type { Schedule } from '../../../src/queue/schedules.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

const DAILY: DigestSettings = {
  cron: '0 9 * * *',
  timezone: 'Europe/Berlin',
  routes: [{ to: 'ops', on: ['digest'] }],
}

const logger = createRecordingLogger()
let replaced: (Omit<Schedule, 'name'> | undefined)[]
let told: (readonly Route[])[]

beforeEach(() => {
  logger.lines.length = 0
  replaced = []
  told = []
})

/** Set anew with each version of the configuration, as reloads do. */
function digestSchedule(): (settings?: DigestSettings) => Promise<void> {
  let present: DigestSettings | undefined
  const means: DigestMeans = {
    settings: () => present,
    async append(routes) {
      told.push(routes)
      return { kind: 'refused', reason: 'full' }
    },
    logger,
  }
  const set = createDigestSchedule(means, {
    async replace(name, schedule) {
      expect(name).toBe('digest')
      replaced.push(schedule)
    },
  })
  return (settings) => {
    present = settings
    return set()
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
