import { expect, it } from '@jest/globals'
import { createMemos } from '../../../src/store/memos.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS } from './store-fixtures.js'

describeEachRedis('what a notifier remembers', (engine) => {
  it('is its own, the last word holds, and it is forgotten after thirty days', async () => {
    const redis = engine.connect()
    const memoOf = createMemos({ redis, keys: KEYS })
    expect(await memoOf('ops').recall('b-1')).toBeUndefined()
    await memoOf('ops').keep('b-1', 'C1 1.1')
    await memoOf('ops').keep('b-1', 'C1 1.2')
    expect(await memoOf('ops').recall('b-1')).toBe('C1 1.2')
    expect(await memoOf('other').recall('b-1')).toBeUndefined()
    expect(await redis.ttl(KEYS.memo('ops', 'b-1'))).toBeGreaterThan(29 * 86_400)
  })
})
