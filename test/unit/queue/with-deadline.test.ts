import { describe, expect, it } from '@jest/globals'
import { settledWithin, withDeadline } from '../../../src/queue/with-deadline.js'

const NEVER = new Promise<never>(() => undefined)
const LONG_MS = 60_000

describe('withDeadline', () => {
  it('gives what the work gives', async () => {
    expect(await withDeadline(Promise.resolve('done'), LONG_MS)).toBe('done')
  })

  it('fails as the work fails', async () => {
    await expect(withDeadline(Promise.reject(new TypeError('a defect')), LONG_MS)).rejects.toThrow('a defect')
  })

  it('takes work that does not end for a Redis that is away', async () => {
    await expect(withDeadline(NEVER, 1)).rejects.toMatchObject({ code: 'REDIS_UNREACHABLE', retryable: true })
  })
})

describe('settledWithin', () => {
  it('is true of work that ends in time, well or badly', async () => {
    expect(await settledWithin(Promise.resolve(), LONG_MS)).toBe(true)
    expect(await settledWithin(Promise.reject(new Error('badly')), LONG_MS)).toBe(true)
  })

  it('is false of work that does not', async () => {
    expect(await settledWithin(NEVER, 1)).toBe(false)
  })
})
