import { EventEmitter, once } from 'node:events'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createSnapshots, type Snapshots } from '../../../src/embedded/snapshots.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

interface Write {
  readonly bytes: Uint8Array
  readonly complete: boolean
  finish(error?: Error): void
}

let snapshots: Snapshots | undefined
afterEach(() => snapshots?.cancel())

/** A disk whose writes last until the test ends them; `present` is what a capture finds. */
function start(intervalMs = 3_600_000) {
  const events = new EventEmitter()
  const logger = createRecordingLogger()
  const state = { present: 0, captures: 0 }
  const started = createSnapshots({
    capture: () => {
      state.captures += 1
      return Uint8Array.of(state.present)
    },
    write: (bytes, { complete }) =>
      new Promise((resolve, reject) => {
        const finish = (error?: Error): void => (error === undefined ? resolve() : reject(error))
        events.emit('write', { bytes, complete, finish } satisfies Write)
      }),
    intervalMs,
    logger,
  })
  snapshots = started
  const nextWrite = async (): Promise<Write> => {
    const [write]: Write[] = await once(events, 'write')
    if (write === undefined) throw new Error('a write without a write')
    return write
  }
  return { snapshots: started, state, nextWrite, lines: logger.lines }
}

describe('the snapshots', () => {
  it('resolve a save when its bytes are written', async () => {
    const { snapshots, nextWrite } = start()
    let saved = false
    const saving = snapshots.save().then(() => (saved = true))
    const write = await nextWrite()
    expect(saved).toBe(false)
    write.finish()
    await saving
  })

  it('capture again for a save that came while another was being written', async () => {
    const { snapshots, state, nextWrite } = start()
    const first = snapshots.save()
    const firstWrite = await nextWrite()
    state.present = 1
    const second = [snapshots.save(), snapshots.save()]
    firstWrite.finish()
    const secondWrite = await nextWrite()
    secondWrite.finish()
    await Promise.all([first, ...second])
    expect([...secondWrite.bytes]).toEqual([1])
    expect(state.captures).toBe(2)
  })

  it('are taken once, within 250 ms, however often one is wanted soon', async () => {
    const { snapshots, state, nextWrite } = start()
    const asked = performance.now()
    for (let calls = 0; calls < 100; calls += 1) snapshots.saveSoon()
    const write = await nextWrite()
    write.finish()
    expect(performance.now() - asked).toBeLessThan(250)
    expect(state.captures).toBe(1)
  })

  it('are taken again when one is wanted soon after the last', async () => {
    const { snapshots, nextWrite } = start()
    snapshots.saveSoon()
    const first = await nextWrite()
    first.finish()
    snapshots.saveSoon()
    const second = await nextWrite()
    second.finish()
    expect(second.complete).toBe(false)
  })

  it('are taken on the interval', async () => {
    const { nextWrite } = start(5)
    const first = await nextWrite()
    first.finish()
    const second = await nextWrite()
    second.finish()
    expect(second.complete).toBe(false)
  })

  it('say once that they fail and once that they work again', async () => {
    const { snapshots, nextWrite, lines } = start()
    for (const error of [new Error('no space left'), new Error('no space left'), undefined, undefined]) {
      const saving = snapshots.save().catch(() => undefined)
      const write = await nextWrite()
      write.finish(error)
      await saving
    }
    expect(lines.map(({ level, fields }) => [level, fields])).toEqual([
      ['warn', { reason: 'no space left' }],
      ['info', {}],
    ])
  })

  it('reject a save that fails, and go on', async () => {
    const { snapshots, nextWrite } = start()
    const failing = snapshots.save()
    const failedWrite = await nextWrite()
    failedWrite.finish(new Error('no space left'))
    await expect(failing).rejects.toThrow('no space left')
    const working = snapshots.save()
    const workingWrite = await nextWrite()
    workingWrite.finish()
    await expect(working).resolves.toBeUndefined()
  })

  it('end with a complete one, after the write that is under way', async () => {
    const { snapshots, nextWrite } = start()
    const saving = snapshots.save()
    const first = await nextWrite()
    const finishing = snapshots.finish(() => Uint8Array.of(9))
    first.finish()
    const last = await nextWrite()
    last.finish()
    await Promise.all([saving, finishing])
    expect([first.complete, last.complete, ...last.bytes]).toEqual([false, true, 9])
  })

  it('end without rejecting when the last one fails', async () => {
    const { snapshots, nextWrite, lines } = start()
    const finishing = snapshots.finish(() => Uint8Array.of(9))
    const last = await nextWrite()
    last.finish(new Error('no space left'))
    await finishing
    expect(lines).toHaveLength(1)
  })
})
