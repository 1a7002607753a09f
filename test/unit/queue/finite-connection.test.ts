import { expect, it } from '@jest/globals'
import { finiteConnection } from '../../../src/queue/finite-connection.js'

const CONNECTION = { host: '127.0.0.1', port: 6399, maxRetriesPerRequest: null }

it('comes back as the connection itself says, again and again', () => {
  const connection = { ...CONNECTION, retryStrategy: (times: number) => times * 10 }
  const { retryStrategy } = finiteConnection(connection, new AbortController().signal)
  expect([1, 2, 1000].map((times) => retryStrategy?.(times))).toEqual([10, 20, 10_000])
})

it('comes back every second where the connection does not say', () => {
  const { retryStrategy } = finiteConnection(CONNECTION, new AbortController().signal)
  expect(retryStrategy?.(1)).toBe(1000)
})

it('does not come back once it is to be closed', () => {
  const closing = new AbortController()
  const { retryStrategy } = finiteConnection(CONNECTION, closing.signal)
  closing.abort()
  expect(retryStrategy?.(1)).toBeNull()
})

it('is in all else as it was', () => {
  expect(finiteConnection(CONNECTION, new AbortController().signal)).toMatchObject(CONNECTION)
})
