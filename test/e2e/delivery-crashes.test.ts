/**
 * The daemon dies between every two steps of dispatch and deliver, each time anew: whatever the next one finds, every event is
 * told (I3), under one key and with one body (I4), and at most once more than it was taken (I5).
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from '@jest/globals'
import { planBuild } from '../support/build-plans.js'
import { checkHistory, formatFinding } from '../support/history-checker/check-history.js'
import { refusedWith, TAKEN } from '../support/hook-receiver.js'
import { inWorld, type WorldOptions } from '../support/world.js'
import { itOnServer } from '../support/world-redis.js'

const HOME = new URL('../support/crash-points/', import.meta.url)
const STEPS: readonly string[] = JSON.parse(readFileSync(new URL('manifest.json', HOME), 'utf8'))
const DIES_WITHIN_MS = 15_000
const SETTLES_WITHIN_MS = 25_000
const TEST_MS = DIES_WITHIN_MS + SETTLES_WITHIN_MS + 10_000

const hit = new Set<string>()

/** One build, whose end the receiver refuses at first: every step comes, postponing too, and the second sending is the one that is taken. */
async function crashAfter(step: string, options: Partial<WorldOptions> = {}): Promise<void> {
  const plan = planBuild('crash', { steps: [{ status: 'BUILDING', forMs: 300 }] })
  const world = { plans: [plan], routes: () => ['hook'], retrySchedule: ['200ms', '400ms'], ...options }
  await inWorld(world, async (opened) => {
    opened.hook().react(({ nth }) => (nth === 1 ? refusedWith(503) : TAKEN))
    const mark = join(opened.dir, 'crashed')
    const daemon = opened.start({
      nodeArgs: ['--import', pathToFileURL(fileURLToPath(new URL('register.mjs', HOME))).href],
      env: { CRASH_AFTER: step, CRASH_MARK: mark },
    })
    await daemon.exited
    await opened.kill(daemon)
    expect(existsSync(mark) && readFileSync(mark, 'utf8')).toBe(step.replace(/:.*/, ''))
    hit.add(step)
    opened.start()
    await opened.settled(SETTLES_WITHIN_MS)
    expect(checkHistory(await opened.history()).map(formatFinding)).toEqual([])
    expect(opened.hook().attempts.filter(({ accepted }) => accepted).length).toBeLessThanOrEqual(2)
  })
}

describe('a daemon that dies after', () => {
  afterAll(() => expect([...hit].sort()).toEqual([...STEPS].sort()))

  it.each(STEPS)(
    '%s tells every end all the same, on the embedded engine',
    (step) => crashAfter(step),
    TEST_MS,
  )

  for (const step of STEPS)
    itOnServer(
      `${step} tells every end all the same, on a server`,
      (redis) => crashAfter(step, { redis }),
      TEST_MS,
    )
})
