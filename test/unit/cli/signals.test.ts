import { EventEmitter } from 'node:events'
import { describe, expect, it } from '@jest/globals'
import { listenForHangup } from '../../../src/cli/signals.js'

/** As much of a process as signals come to. */
function processLike(): NodeJS.Process {
  return Object.assign(Object.create(process), new EventEmitter(), EventEmitter.prototype)
}

describe('a hang-up', () => {
  it('is answered each time', () => {
    const process = processLike()
    let answers = 0
    const hangups = listenForHangup(process)
    hangups.answer(() => (answers += 1))
    expect(answers).toBe(0)
    process.emit('SIGHUP', 'SIGHUP')
    process.emit('SIGHUP', 'SIGHUP')
    expect(answers).toBe(2)
  })

  it('that comes before anyone can answer is answered once someone can', () => {
    const process = processLike()
    let answers = 0
    const hangups = listenForHangup(process)
    process.emit('SIGHUP', 'SIGHUP')
    process.emit('SIGHUP', 'SIGHUP')
    hangups.answer(() => (answers += 1))
    expect(answers).toBe(1)
  })

  it('is left to the system when nobody listens any more', () => {
    const process = processLike()
    const hangups = listenForHangup(process)
    expect(process.listenerCount('SIGHUP')).toBe(1)
    hangups.dispose()
    expect(process.listenerCount('SIGHUP')).toBe(0)
  })
})
