import type { BuildKey } from '../domain/build.js'
import type { Clock, Random } from '../domain/ports.js'
import {
  checkRule,
  type FaultAt,
  type FaultKind,
  type FaultParameters,
  type FaultPlace,
  type FaultRule,
  strikesAt,
} from './fault-rule.js'

/** What a rule's conditions look at. */
export interface StruckRequest {
  /** Path and query. */
  readonly path: string
  readonly build?: BuildKey | undefined
  readonly account?: string | undefined
  readonly tokenId?: string | undefined
  /** With a token that the service takes. */
  readonly isAccepted?: boolean | undefined
  /** Where the page stands that a list answers with. */
  readonly page?: { readonly isFirst: boolean; readonly isLast: boolean } | undefined
}

interface SetFault {
  readonly id: string
  readonly rule: FaultRule
  /** How often it has struck. */
  readonly strikes: number
}

export interface Strike<Place extends FaultPlace> {
  readonly kind: FaultAt<Place>
  readonly parameters: FaultParameters
}

export interface FaultBoard {
  /** Answers the rule's id. Throws USAGE for a rule that makes no sense. */
  set(rule: FaultRule): string
  /** One rule, or all of them. Answers how many there were. */
  clear(id?: string): number
  list(): SetFault[]
  /** The first rule, in the order of setting, that strikes this request at this place; counts the strike. */
  strike<Place extends FaultPlace>(place: Place, request: StruckRequest): Strike<Place> | undefined
}

interface Entry {
  readonly id: string
  readonly rule: FaultRule
  readonly pattern: RegExp | undefined
  readonly fromAt: number
  readonly untilAt: number
  strikes: number
}

export function createFaultBoard({ clock, random }: { clock: Clock; random: Random }): FaultBoard {
  let entries: Entry[] = []
  let count = 0
  return {
    set(rule) {
      checkRule(rule)
      count += 1
      const fromAt = clock.now() + (rule.startsInMs ?? 0)
      const untilAt = fromAt + (rule.lastsMs ?? Number.POSITIVE_INFINITY)
      const pattern = rule.path === undefined ? undefined : new RegExp(rule.path)
      entries.push({ id: `fault-${count}`, rule, pattern, fromAt, untilAt, strikes: 0 })
      return `fault-${count}`
    },
    clear(id) {
      const kept = id === undefined ? [] : entries.filter((entry) => entry.id !== id)
      const cleared = entries.length - kept.length
      entries = kept
      return cleared
    },
    list: () => entries.map(({ id, rule, strikes }) => ({ id, rule, strikes })),
    strike<Place extends FaultPlace>(place: Place, request: StruckRequest): Strike<Place> | undefined {
      const now = clock.now()
      for (const entry of entries) {
        const { kind } = entry.rule
        if (
          strikesAt(place, kind) &&
          isInForce(entry, now) &&
          concerns(entry, request) &&
          chanced(entry, random)
        ) {
          entry.strikes += 1
          return { kind, parameters: entry.rule }
        }
      }
      return undefined
    },
  }
}

/** Asked last: a request that does not match must not use up chance. */
function chanced({ rule: { probability } }: Entry, random: Random): boolean {
  return probability === undefined || random() < probability
}

function isInForce({ rule, strikes, fromAt, untilAt }: Entry, now: number): boolean {
  return strikes < (rule.times ?? Number.POSITIVE_INFINITY) && now >= fromAt && now < untilAt
}

function concerns({ rule, pattern }: Entry, request: StruckRequest): boolean {
  return (
    (CAN_MEET[rule.kind]?.(request) ?? true) &&
    (pattern?.test(request.path) ?? true) &&
    EQUAL_IF_SET.every((name) => rule[name] === undefined || rule[name] === request[name])
  )
}

const EQUAL_IF_SET = ['build', 'account', 'tokenId'] as const

const CAN_MEET: Partial<Record<FaultKind, (request: StruckRequest) => boolean>> = {
  /**
   * Without a good token the service says 401 before it looks for the thing, and by that a client tells a thing that is not
   * there from a path that is not there.
   */
  not_found: ({ isAccepted }) => isAccepted === true,
  cursor_loop: hasNextPage,
  no_cursor: hasNextPage,
  repeated_page: ({ page }) => page?.isFirst === false,
}

function hasNextPage({ page }: StruckRequest): boolean {
  return page?.isLast === false
}
