/**
 * I1 and I2 for a watched job, whatever happens: builds come, move, end and leave the list; pages are short; the process dies
 * between any two steps; the API is away or forbids one way or both; permits run out; Redis is full; polls overlap. In the end
 * each build that a watch wants has its statuses and its end on record, once.
 */
import { test } from '@jest/globals'
import * as fc from 'fast-check'
import { expectRight, KILLS, lifeOf, live, type Step, WEATHER } from './feed-life.js'

async function isRecordedAsItWent(steps: readonly Step[]): Promise<void> {
  expectRight(await live(steps))
}

test('each build that a watch wants is recorded as it went, and told once, wherever the process dies', async () => {
  await fc.assert(fc.asyncProperty(lifeOf(KILLS), isRecordedAsItWent), { numRuns: 300 })
}, 60_000)

test('and whatever can be seen of it, with whatever leave', async () => {
  await fc.assert(fc.asyncProperty(lifeOf([...KILLS, ...WEATHER]), isRecordedAsItWent), { numRuns: 500 })
}, 60_000)
