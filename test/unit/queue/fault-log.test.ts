import { expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import { createFaultLog } from '../../../src/queue/fault-log.js'
import { createMemoryClock } from '../../support/memory-ports.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

const REFUSED = new BuildwatchdError('REDIS_REFUSED', 'OOM command not allowed')
const AWAY = new BuildwatchdError('REDIS_UNREACHABLE', 'connection closed', { retryable: true })

function faultBench() {
  const clock = createMemoryClock()
  const logger = createRecordingLogger()
  const faults = createFaultLog(logger, clock)
  const cut = (error: unknown) => faults(error, 'a run was cut short', { job: 'shop' })
  return { clock, cut, told: () => logger.lines.filter(({ level }) => level !== 'debug') }
}

it('says a refusal once, however many runs it cuts short', () => {
  const { cut, told } = faultBench()
  for (let run = 1; run <= 20; run += 1) cut(REFUSED)
  expect(told()).toEqual([
    { level: 'error', fields: { job: 'shop', error: REFUSED }, message: 'a run was cut short' },
  ])
})

it('says it again five seconds later, and for how many it stands', () => {
  const { clock, cut, told } = faultBench()
  for (let run = 1; run <= 20; run += 1) cut(REFUSED)
  clock.advance(5000)
  cut(REFUSED)
  expect(told()).toMatchObject([{}, { fields: { alike: 19 } }])
})

it('says a defect beside a refusal', () => {
  const { cut, told } = faultBench()
  cut(REFUSED)
  cut(new TypeError('undefined is not a function'))
  expect(told()).toHaveLength(2)
})

it('leaves an outage to the connection', () => {
  const { cut, told } = faultBench()
  cut(AWAY)
  expect(told()).toEqual([])
})

it('says what a server that is there will not do now', () => {
  const { cut, told } = faultBench()
  const readOnly = Object.assign(new Error('READONLY'), { name: 'ReplyError' })
  cut(new BuildwatchdError('REDIS_UNREACHABLE', 'READONLY', { retryable: true, cause: readOnly }))
  expect(told()).toMatchObject([{ level: 'warn' }])
})
