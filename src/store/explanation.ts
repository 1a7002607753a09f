/** All that Redis still tells of one build: its transitions, and the probes of what it was followed by while it ran. */
import type { Redis } from 'ioredis'
import { type BuildRef, buildKey, resourceKey } from '../domain/build.js'
import type { BuildEvent } from '../domain/event.js'
import { type ExplainedProbe, explainedProbes } from '../domain/explained-probes.js'
import { readTransitions } from './build-transitions.js'
import type { Keys } from './keys.js'
import { createProbeNotes } from './probe-notes.js'
import { redisCall } from './redis-failure.js'

export interface Explanation {
  readonly build: string
  /** It had concluded before anyone watched: told to nobody. */
  readonly isHistory: boolean
  /** When it was told to be stuck; epoch ms. */
  readonly stuckAt?: number
  /** As told, oldest first. */
  readonly transitions: readonly BuildEvent[]
  /** Oldest first. */
  readonly probes: readonly ExplainedProbe[]
}

interface Means {
  readonly redis: Redis
  readonly keys: Keys
}

/** `undefined` when nothing is recorded of it. */
export async function readExplanation(ref: BuildRef, means: Means): Promise<Explanation | undefined> {
  const { redis, keys } = means
  const build = buildKey(ref)
  const [seq, history, stuck] = await redisCall(`read ${keys.build(build)}`, () =>
    redis.hmget(keys.build(build), 'seq', 'history', 'stuck'),
  )
  if (!seq) return undefined
  const transitions = await readTransitions(build, means)
  const notes = createProbeNotes(means)
  const probes = [...(await notes.read(build)), ...(await notes.read(resourceKey(ref)))]
  return {
    build,
    isHistory: history === 'true',
    ...(stuck ? { stuckAt: Date.parse(stuck) } : {}),
    transitions,
    probes: explainedProbes(
      probes.sort((a, b) => a.at - b.at),
      transitions,
    ),
  }
}
