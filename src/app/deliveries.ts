import { BuildwatchdError } from '../domain/errors.js'
import { createDeliveryDesk, type DeliveryFacts, type DeliveryFilter } from '../store/delivery-desk.js'
import { createNotifierStanding } from '../store/notifier-standing.js'
import { type RedisAccess, type RedisRequest, readingRedis } from './redis-access.js'

export { type DeliveryFacts, type DeliveryFilter } from '../store/delivery-desk.js'

const CLOCK = { now: Date.now }

function deskOf({ redis, keys }: RedisAccess) {
  return createDeliveryDesk({ redis, keys, clock: CLOCK })
}

/** The longest ago first. Rejects as {@link readingRedis} does, as all of these. */
export function listDeliveries(filter: DeliveryFilter, request: RedisRequest): Promise<DeliveryFacts[]> {
  return readingRedis(request, (access) => deskOf(access).list(filter))
}

/** Rejects with NOT_RECORDED when there is none. */
export function deliveryOf(id: string, request: RedisRequest): Promise<DeliveryFacts> {
  return readingRedis(request, async (access) => {
    const facts = await deskOf(access).show(id)
    if (facts) return facts
    throw new BuildwatchdError(
      'NOT_RECORDED',
      `Redis holds no delivery ${id}; buildwatchd deliveries list shows those that wait or are dead`,
    )
  })
}

/** Either these ids, or all that the filter means. */
export type ChosenDeliveries = { readonly ids: readonly string[] } | { readonly filter: DeliveryFilter }

export interface Decided {
  readonly done: readonly string[]
  /** Not there, or in no state in which this could be done. */
  readonly left: readonly string[]
}

/**
 * Opens them once more; the daemon takes them up at its next sweep. What a suspended notifier would be told stays dead. Rejects
 * with USAGE when that was named by its id.
 */
export function replayDeliveries(chosen: ChosenDeliveries, request: RedisRequest): Promise<Decided> {
  return readingRedis(request, async (access) => {
    const [desk, standing] = [deskOf(access), createNotifierStanding({ ...access, clock: CLOCK })]
    return decide(await factsOf(chosen, access), async ({ id, notifier }) => {
      if (!(await standing.isSuspended(notifier))) return desk.replay(id)
      if ('filter' in chosen) return false
      throw new BuildwatchdError(
        'USAGE',
        `${notifier} is suspended: what is replayed would die again; first run buildwatchd deliveries resume ${notifier}`,
      )
    })
  })
}

export function dropDeliveries(chosen: ChosenDeliveries, request: RedisRequest): Promise<Decided> {
  return readingRedis(request, async (access) => {
    const desk = deskOf(access)
    return decide(await factsOf(chosen, access), ({ id }) => desk.drop(id))
  })
}

/** Answers whether the notifier was suspended. */
export function resumeNotifier(notifier: string, request: RedisRequest): Promise<boolean> {
  return readingRedis(request, (access) =>
    createNotifierStanding({ ...access, clock: CLOCK }).resume(notifier),
  )
}

interface Choice {
  readonly id: string
  readonly notifier: string
}

async function factsOf(chosen: ChosenDeliveries, access: RedisAccess): Promise<readonly Choice[]> {
  if ('filter' in chosen) return deskOf(access).list(chosen.filter)
  return chosen.ids.map((id) => ({ id, notifier: id.slice(id.lastIndexOf('->') + 2) }))
}

async function decide(
  choices: readonly Choice[],
  act: (choice: Choice) => Promise<boolean>,
): Promise<Decided> {
  const [done, left]: [string[], string[]] = [[], []]
  for (const choice of choices) ((await act(choice)) ? done : left).push(choice.id)
  return { done, left }
}
