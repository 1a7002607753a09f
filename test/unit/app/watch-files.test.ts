import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { type FileWatch, watchFiles } from '../../../src/app/watch-files.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

const EVERY_MS = 1000
const STILL_MS = 250

const logger = createRecordingLogger()
let content: string
let lastRead: string
let reads: string[]
let fingerprint: () => Promise<string>
let watch: FileWatch

beforeEach(() => {
  jest.useFakeTimers()
  content = 'first'
  lastRead = 'first'
  reads = []
  logger.lines.length = 0
  fingerprint = async () => content
  watch = watchFiles({
    fingerprint: () => fingerprint(),
    lastRead: () => lastRead,
    folders: () => [],
    onChange: async () => {
      lastRead = content
      reads.push(content)
    },
    logger,
  })
})

afterEach(async () => {
  await watch.stop()
  jest.useRealTimers()
})

const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms)

describe('files that are watched', () => {
  it('are not read again as long as they stay as they are', async () => {
    await pass(10 * EVERY_MS)
    expect(reads).toEqual([])
  })

  it('are read once a change has stood still, with no event to tell of it', async () => {
    content = 'second'
    await pass(EVERY_MS + STILL_MS - 1)
    expect(reads).toEqual([])
    await pass(1)
    expect(reads).toEqual(['second'])
    await pass(10 * EVERY_MS)
    expect(reads).toEqual(['second'])
  })

  it('are not read while they are being written', async () => {
    for (let part = 1; part <= 20; part += 1) {
      content = `half ${part}`
      await pass(STILL_MS - 50)
    }
    expect(reads).toEqual([])
    content = 'whole'
    await pass(2 * STILL_MS)
    expect(reads).toEqual(['whole'])
  })

  it('are not read when they are again what they were', async () => {
    content = 'gone for a moment'
    await pass(EVERY_MS + STILL_MS - 1)
    content = 'first'
    await pass(5 * EVERY_MS)
    expect(reads).toEqual([])
  })

  it('are not read again when something else has read them meanwhile', async () => {
    content = 'second'
    await pass(EVERY_MS)
    lastRead = 'second'
    await pass(5 * EVERY_MS)
    expect(reads).toEqual([])
  })

  it('are compared again after they could not be', async () => {
    fingerprint = () => Promise.reject(new Error('a defect'))
    await pass(EVERY_MS)
    expect(logger.lines.map(({ level }) => level)).toContain('error')
    fingerprint = async () => content
    content = 'second'
    await pass(2 * EVERY_MS + STILL_MS)
    expect(reads).toEqual(['second'])
  })

  it('are not read any more once the watch has stopped, a change in hand included', async () => {
    content = 'second'
    await pass(EVERY_MS + STILL_MS / 2)
    await watch.stop()
    await pass(10 * EVERY_MS)
    expect(reads).toEqual([])
  })
})
