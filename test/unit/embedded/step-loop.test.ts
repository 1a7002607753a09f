import { EventEmitter, once } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createStepLoop, type StepLoop } from '../../../src/embedded/step-loop.js'

let loop: StepLoop | undefined
afterEach(() => loop?.stop())

function start(step: () => number): { loop: StepLoop; fatal: unknown[] } {
  const fatal: unknown[] = []
  loop = createStepLoop({ step, onFatal: (error) => fatal.push(error) })
  return { loop, fatal }
}

/** An engine that has a number of events to work off, one per step. */
function createEngine(events = 0) {
  const bell = new EventEmitter()
  const engine = { taken: 0, left: events }
  const step = (): number => {
    engine.taken += 1
    bell.emit('step')
    if (engine.left === 0) return 0
    engine.left -= 1
    return 1
  }
  return { engine, step, firstStep: () => once(bell, 'step') }
}

describe('the step loop', () => {
  it('takes one turn for any number of wakes, and ends it with a step that found nothing', async () => {
    const { engine, step, firstStep } = createEngine(1)
    const { loop } = start(step)
    for (let wakes = 0; wakes < 100; wakes += 1) loop.wake()
    await firstStep()
    await setImmediate()
    expect(engine.taken).toBe(2)
  })

  it('steps by itself while nothing happens, for expiry and time-outs', async () => {
    const { engine, step, firstStep } = createEngine()
    start(step)
    await firstStep()
    expect(engine.taken).toBeGreaterThan(0)
  })

  it('lets others have a turn while there is much to do, and goes on by itself', async () => {
    const { engine, step } = createEngine(2000)
    const slowStep = (): number => {
      const until = performance.now() + 0.02
      while (performance.now() < until);
      return step()
    }
    start(slowStep).loop.wake()
    let turnsOfOthers = 0
    while (engine.left > 0) {
      await setImmediate()
      turnsOfOthers += 1
    }
    expect(turnsOfOthers).toBeGreaterThan(5)
  })

  it('stops and reports once when the engine is beyond help', async () => {
    const { engine, step, firstStep } = createEngine()
    const trap = new Error('unreachable')
    const { loop, fatal } = start(() => {
      step()
      throw trap
    })
    loop.wake()
    await firstStep()
    loop.wake()
    await setImmediate()
    expect(fatal).toEqual([trap])
    expect(engine.taken).toBe(1)
  })

  it('treats a failure of the host in the engine like one of its own, and passes it on', () => {
    const trap = new Error('out of bounds')
    const { loop, fatal } = start(() => 0)
    expect(() =>
      loop.guard(() => {
        throw trap
      }),
    ).toThrow(trap)
    expect(fatal).toEqual([trap])
  })

  it('does nothing more once it is stopped', async () => {
    const { engine, step } = createEngine(1)
    const { loop } = start(step)
    loop.wake()
    loop.stop()
    loop.wake()
    await setImmediate()
    expect(engine.taken).toBe(0)
  })
})
