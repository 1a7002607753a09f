/** `deliveries`: what waits, what was given up, and a person's decision over it. */
import {
  type ChosenDeliveries,
  type Decided,
  type DeliveryFacts,
  type DeliveryFilter,
  deliveryOf,
  dropDeliveries,
  listDeliveries,
  replayDeliveries,
  resumeNotifier,
} from '../app/deliveries.js'
import { pastInstant } from '../app/past-instant.js'
import type { RedisRequest } from '../app/redis-access.js'
import { BuildwatchdError } from '../domain/errors.js'
import { STATES_BY_WORD } from './delivery-states.js'
import { deliveryTable, shownDelivery } from './delivery-tables.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult, withIsoInstants } from './output.js'

export interface DeliveriesOptions extends CommonOptions {
  readonly output: string
  readonly state?: string
  readonly notifier?: string
  readonly build?: string
  readonly event?: string
  readonly since?: string
  readonly until?: string
  readonly all?: boolean
}

export async function list(options: DeliveriesOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const states = statesOf(options.state ?? ((options.build ?? options.event) ? 'all' : 'open'))
  const found = await listDeliveries(filterOf(options, states), requestOf(options, io))
  if (found.length === 0 && isOfEndedOnes(options))
    io.stderr.write(
      'buildwatchd: what was accepted or suppressed is listed by build only: name it with --build, or the event with --event\n',
    )
  io.stdout.write(
    format === 'table'
      ? deliveryTable(found, Date.now())
      : await renderResult(withIsoInstants(found.map(withoutBody)), format),
  )
  return EXIT.done
}

function isOfEndedOnes({ state, build, event }: DeliveriesOptions): boolean {
  return (
    build === undefined &&
    event === undefined &&
    state !== undefined &&
    /^(all|accepted|suppressed)$/.test(state)
  )
}

/** `show` has it. */
function withoutBody(facts: DeliveryFacts): Partial<DeliveryFacts> {
  return Object.fromEntries(Object.entries(facts).filter(([name]) => name !== 'body'))
}

export async function show(id: string, options: DeliveriesOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const facts = await deliveryOf(id, requestOf(options, io))
  io.stdout.write(
    format === 'table' ? shownDelivery(facts) : await renderResult(withIsoInstants(facts), format),
  )
  return EXIT.done
}

export async function replay(ids: readonly string[], options: DeliveriesOptions, io: CliIo): Promise<number> {
  const chosen = chosenOf(ids, options, ['dead_lettered'])
  const why =
    ids.length > 0
      ? 'Redis holds no such delivery, or it waits already'
      : 'its notifier is suspended; see deliveries resume'
  return report(await replayDeliveries(chosen, requestOf(options, io)), { ids, word: 'replayed', why }, io)
}

export async function drop(ids: readonly string[], options: DeliveriesOptions, io: CliIo): Promise<number> {
  const chosen = chosenOf(ids, options, ['dead_lettered', 'pending'])
  const why = 'Redis holds no such delivery, or it is neither dead nor waiting'
  return report(await dropDeliveries(chosen, requestOf(options, io)), { ids, word: 'dropped', why }, io)
}

export async function resume(notifier: string, options: CommonOptions, io: CliIo): Promise<number> {
  const wasSuspended = await resumeNotifier(notifier, requestOf(options, io))
  if (!wasSuspended) {
    io.stderr.write(
      `buildwatchd: no notifier of the name ${notifier} is suspended; status names those that are\n`,
    )
    return EXIT.notFound
  }
  io.stdout.write(
    `${notifier} goes on; what died meanwhile: buildwatchd deliveries replay --notifier ${notifier}\n`,
  )
  return EXIT.done
}

function requestOf({ config }: CommonOptions, { env }: CliIo): RedisRequest {
  return { file: config, defaultFile: DEFAULT_CONFIG_FILE, env }
}

function statesOf(word: string): DeliveryFilter['states'] {
  const words = Object.keys(STATES_BY_WORD)
  const states = words.includes(word) ? STATES_BY_WORD[word] : undefined
  if (states) return states
  throw new BuildwatchdError('USAGE', `--state takes ${words.join(', ')}, not ${JSON.stringify(word)}`)
}

function filterOf(options: DeliveriesOptions, states: DeliveryFilter['states']): DeliveryFilter {
  const { notifier, build, event, since, until } = options
  const now = Date.now()
  return {
    states,
    ...(notifier === undefined ? {} : { notifier }),
    ...(build === undefined ? {} : { subject: build }),
    ...(event === undefined ? {} : { event }),
    ...(since === undefined ? {} : { sinceAt: pastInstant('--since', since, now) }),
    ...(until === undefined ? {} : { untilAt: pastInstant('--until', until, now) }),
  }
}

/** A decision over all of them is asked for in so many words. */
function chosenOf(
  ids: readonly string[],
  options: DeliveriesOptions,
  states: DeliveryFilter['states'],
): ChosenDeliveries {
  if (ids.length > 0) return { ids }
  const { notifier, build, event, since, until, all } = options
  if (notifier ?? build ?? event ?? since ?? until ?? all) return { filter: filterOf(options, states) }
  throw new BuildwatchdError(
    'USAGE',
    'name deliveries by their ids, or choose them by --notifier, --build, --event, --since or --until; --all means all of them',
  )
}

interface Wish {
  readonly ids: readonly string[]
  readonly word: string
  /** Of those that are left. */
  readonly why: string
}

/** Exit 5 when one that was named is not there, or in no state for this. */
function report({ done, left }: Decided, { ids, word, why }: Wish, io: CliIo): number {
  io.stdout.write(`${done.length} ${word}\n`)
  for (const id of left) io.stderr.write(`buildwatchd: not ${word}: ${id}: ${why}\n`)
  return ids.length > 0 && left.length > 0 ? EXIT.notFound : EXIT.done
}
