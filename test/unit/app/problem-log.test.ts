import { beforeEach, expect, it } from '@jest/globals'
import { createProblemLog, type ProblemLog } from '../../../src/app/problem-log.js'
import { createMemoryClock } from '../../support/memory-ports.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

const A = 'watchlists/a.yaml:3:5: watches[0].job: must not be empty'
const B = 'watchlists/b.yaml:1:1: does not exist; check the path, or create the file'

const logger = createRecordingLogger()
let clock: ReturnType<typeof createMemoryClock>
let tell: ProblemLog

beforeEach(() => {
  logger.lines.length = 0
  clock = createMemoryClock()
  tell = createProblemLog(logger, clock)
})

/** What has been said at error level since it was last asked. */
function said(): string[] {
  const lines = logger.lines.filter(({ level }) => level === 'error').map(({ message }) => message)
  logger.lines.length = 0
  return lines
}

it('each problem is a line of its own, at error level', () => {
  tell([A, B])
  expect(said()).toEqual([A, B])
})

it('what was said within the last minute is not said again', () => {
  tell([A])
  clock.advance(59_000)
  tell([A, B])
  expect(said()).toEqual([A, B])
  clock.advance(2000)
  tell([A, B])
  expect(said()).toEqual([A])
})

it('a problem that comes back after it was solved is news', () => {
  tell([A])
  tell([])
  tell([A])
  expect(said()).toEqual([A, A])
})

it('a clock that was set back silences nothing', () => {
  tell([A])
  clock.advance(-3_600_000)
  tell([A])
  expect(said()).toEqual([A, A])
})
