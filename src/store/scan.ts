import type { Redis } from 'ioredis'
import { redisCall } from './redis-failure.js'

/** Members per round trip: well under a millisecond of the server's time each. */
const PAGE = 1000

/** All members of a sorted set with their scores. What is there throughout is found, however others write meanwhile. */
export async function scanScores(redis: Redis, key: string): Promise<Map<string, number>> {
  const scores = new Map<string, number>()
  let cursor = '0'
  do {
    const [next, flat] = await redisCall(`scan ${key}`, () => redis.zscan(key, cursor, 'COUNT', PAGE))
    for (let at = 0; at + 1 < flat.length; at += 2) scores.set(flat[at] ?? '', Number(flat[at + 1]))
    cursor = next
  } while (cursor !== '0')
  return scores
}

/** All members of a set. */
export async function scanMembers(redis: Redis, key: string): Promise<Set<string>> {
  const members = new Set<string>()
  let cursor = '0'
  do {
    const [next, page] = await redisCall(`scan ${key}`, () => redis.sscan(key, cursor, 'COUNT', PAGE))
    for (const member of page) members.add(member)
    cursor = next
  } while (cursor !== '0')
  return members
}
