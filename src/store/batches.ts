import type { Redis } from 'ioredis'
import { asNumber } from './reply.js'
import type { loadScript, ScriptCall } from './script.js'

/** Items per script: a script holds up everyone else, so each stays near a millisecond. */
const PER_SCRIPT = 50
/** Scripts per round trip, so that a slow server still answers each within the command time-out. */
const PER_ROUND_TRIP = 20

/** One call of a script for each batch of the items. */
export function callsFor<T>(items: readonly T[], toCall: (batch: readonly T[]) => ScriptCall): ScriptCall[] {
  const count = Math.ceil(items.length / PER_SCRIPT)
  return Array.from({ length: count }, (_, at) => toCall(items.slice(at * PER_SCRIPT, (at + 1) * PER_SCRIPT)))
}

/** The replies of one round trip after the other; whoever stops reading them stops the rest. */
export async function* inRoundTrips(
  redis: Redis,
  script: ReturnType<typeof loadScript>,
  calls: readonly ScriptCall[],
): AsyncGenerator<unknown[]> {
  for (let at = 0; at < calls.length; at += PER_ROUND_TRIP)
    yield await script.runAll(redis, calls.slice(at, at + PER_ROUND_TRIP))
}

/** All replies in order. */
export async function repliesOfAll(
  redis: Redis,
  script: ReturnType<typeof loadScript>,
  calls: readonly ScriptCall[],
): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const replies of inRoundTrips(redis, script, calls)) all.push(...replies)
  return all
}

/** The sum of the numbers that they answer. */
export async function sumOf(...run: Parameters<typeof repliesOfAll>): Promise<number> {
  const replies = await repliesOfAll(...run)
  return replies.reduce<number>((sum, reply) => sum + asNumber(reply), 0)
}
