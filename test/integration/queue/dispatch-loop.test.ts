import { afterEach, describe, expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import { type DispatchLoop, startDispatchLoop } from '../../../src/queue/dispatch-loop.js'
import { createFaultLog } from '../../../src/queue/fault-log.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { promised } from './queue-bench.js'

const logger = createRecordingLogger()
let loop: DispatchLoop | undefined

afterEach(async () => {
  await loop?.stop()
  logger.lines.length = 0
})

/** Starts a loop over `dispatch`, which is told the number of its turn; resolves when the n-th turn begins. */
function start(dispatch: (turn: number, blockMs: number) => Promise<unknown>): (n: number) => Promise<void> {
  let turn = 0
  const waiting = new Map<number, () => void>()
  loop = startDispatchLoop(
    async (blockMs) => {
      turn += 1
      waiting.get(turn)?.()
      // A real dispatch waits for events; one that never does would starve everything else.
      await new Promise((resolve) => setImmediate(resolve))
      return dispatch(turn, blockMs)
    },
    createFaultLog(logger, Date),
  )
  return (n) => new Promise((resolve) => (turn >= n ? resolve() : void waiting.set(n, resolve)))
}

describe('the dispatch loop', () => {
  it('dispatches one batch after the other, and lets each wait for events a while', async () => {
    const waits = new Set<number>()
    let now = 0
    const reached = start(async (_turn, blockMs) => {
      expect(++now).toBe(1)
      waits.add(blockMs)
      await new Promise((resolve) => setImmediate(resolve))
      now -= 1
    })
    await reached(5)
    expect([...waits]).toEqual([2000])
    expect(logger.lines).toEqual([])
  })

  it('goes on a second after a fault, and tells of it', async () => {
    const startedAt = performance.now()
    const reached = start(async (turn) => {
      if (turn === 1) throw new TypeError('a defect')
    })
    await reached(3)
    expect(performance.now() - startedAt).toBeGreaterThan(900)
    expect(logger.lines).toMatchObject([{ level: 'error', message: 'dispatch was cut short; it goes on' }])
  })

  it('keeps an outage of Redis to itself, which the connection tells of', async () => {
    const reached = start(async (turn) => {
      if (turn === 1) throw new BuildwatchdError('REDIS_UNREACHABLE', 'gone', { retryable: true })
    })
    await reached(2)
    expect(logger.lines.map(({ level }) => level)).toEqual(['debug'])
  })
})

describe('stopping the dispatch loop', () => {
  it('waits for the batch in hand and begins no other', async () => {
    const batch = promised()
    let turns = 0
    const reached = start(async () => {
      turns += 1
      await batch.kept
    })
    await reached(1)
    let stopped = false
    const stopping = loop?.stop().then(() => {
      stopped = true
    })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(stopped).toBe(false)
    batch.keep()
    await stopping
    expect(turns).toBe(1)
  })

  it('does not wait out the pause after a fault', async () => {
    const reached = start(async () => {
      throw new Error('again and again')
    })
    await reached(1)
    const askedAt = performance.now()
    await loop?.stop()
    expect(performance.now() - askedAt).toBeLessThan(500)
  })
})
