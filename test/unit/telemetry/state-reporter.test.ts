import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import type { Logger } from '../../../src/domain/ports.js'
import { createStateReporter } from '../../../src/telemetry/state-reporter.js'

let lines: { level: string; fields: object; message: string }[]

beforeEach(() => {
  jest.useFakeTimers()
  lines = []
})
afterEach(() => {
  jest.useRealTimers()
})

describe('createStateReporter', () => {
  it('says trouble once, however many its symptoms', () => {
    const state = reporter()
    for (let i = 0; i < 100; i++) state.troubled({}, 'Redis is away')
    jest.advanceTimersByTime(60_000)
    state.troubled({}, 'Redis is away')
    expect(lines.map(({ message }) => message)).toEqual(['Redis is away'])
  })

  it('says the end of it once, with how long it lasted and how often it showed', () => {
    const state = reporter()
    state.troubled({}, 'away')
    state.troubled({}, 'away')
    jest.advanceTimersByTime(7000)
    state.well({}, 'back')
    state.well({}, 'back')
    expect(lines.slice(1)).toEqual([
      { level: 'info', fields: { troubledMs: 7000, symptoms: 2 }, message: 'back' },
    ])
  })

  it('says nothing about health that was never in doubt', () => {
    const state = reporter()
    state.well({}, 'fine')
    expect(lines).toEqual([])
  })

  it('says a change that came too soon when the pause is over', () => {
    const state = reporter()
    state.troubled({}, 'away')
    jest.advanceTimersByTime(1000)
    state.well({}, 'back')
    expect(lines).toHaveLength(1)
    jest.advanceTimersByTime(4000)
    expect(lines.map(({ message }) => message)).toEqual(['away', 'back'])
  })

  it('says nothing of a change that did not last through the pause', () => {
    const state = reporter()
    state.troubled({}, 'away')
    state.well({}, 'back')
    state.troubled({}, 'away again')
    jest.advanceTimersByTime(60_000)
    expect(lines.map(({ message }) => message)).toEqual(['away'])
  })

  it('writes at most one line per five seconds while the state flaps', () => {
    const state = reporter()
    for (let i = 0; i < 600; i++) {
      if (i % 2 === 0) state.troubled({}, 'away')
      else state.well({}, 'back')
      jest.advanceTimersByTime(100)
    }
    expect(lines.length).toBeGreaterThan(1)
    expect(lines.length).toBeLessThanOrEqual(13)
  })

  it('is silent once stopped', () => {
    const state = reporter()
    state.troubled({}, 'away')
    state.well({}, 'back')
    state.stop()
    jest.advanceTimersByTime(60_000)
    expect(lines).toHaveLength(1)
  })
})

function reporter() {
  const write = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message })
  }
  const logger: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: () => logger,
  }
  return createStateReporter(logger, { clock: { now: () => Date.now() } })
}
