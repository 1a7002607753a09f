/** A wish of a person to hear nothing of something for a while. It is kept in Redis, and matched when an event is dispatched. */
import { type BuildRef, parseBuildKey } from './build.js'
import { matchesGlob } from './build-filter.js'
import { accountOf, type WatchEvent } from './event.js'

/** What is silenced: that of which all members say so. None: everything. */
export interface SilenceScope {
  readonly account?: string
  readonly project?: string
  readonly job?: string
  readonly service?: string
  /** Glob; what is on no branch, such as the watcher's own trouble, it does not match. */
  readonly branch?: string
  readonly notifier?: string
}

export const SCOPE_KEYS = ['account', 'project', 'job', 'service', 'branch', 'notifier'] as const

export interface Silence {
  readonly id: string
  readonly scope: SilenceScope
  readonly reason: string
  /** Epoch ms, as `endsAt`. */
  readonly createdAt: number
  readonly endsAt: number
}

/** What people have silenced; implemented in store. */
export interface Silences {
  /** Those that have not ended. */
  active(): Promise<readonly Silence[]>
}

/** The first of those that hold `event` back from `notifier`. */
export function silenceOf(
  { event, notifier }: { readonly event: WatchEvent; readonly notifier: string },
  silences: readonly Silence[],
  now: number,
): Silence | undefined {
  const inForce = silences.filter(({ endsAt }) => now < endsAt)
  if (inForce.length === 0) return undefined
  const facts = { ...factsOf(event), notifier }
  return inForce.find(({ scope }) => covers(scope, facts))
}

function covers({ branch, ...exact }: SilenceScope, facts: SilenceScope): boolean {
  const wanted = new Map(Object.entries(exact))
  const known = new Map(Object.entries(facts))
  const isSame = [...wanted].every(([key, value]) => known.get(key) === value)
  return isSame && (branch === undefined || (facts.branch !== undefined && matchesGlob(branch, facts.branch)))
}

function factsOf(event: WatchEvent): SilenceScope {
  const ref = refOf(event.subject)
  const branch = 'build' in event.data ? event.data.build.branch : undefined
  return {
    account: accountOf(event),
    ...(ref && { project: ref.project, [ref.kind === 'jobs' ? 'job' : 'service']: ref.resource }),
    ...(branch === undefined ? {} : { branch }),
  }
}

/** Of a build, or of a job or service, whose key is that of a build without its last segment. */
function refOf(subject: string): BuildRef | undefined {
  return parseBuildKey(subject) ?? parseBuildKey(`${subject}/x`)
}

const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aeiou'

/** Six letters that can be read out, such as `tobaki`; half a million of them. */
export function silenceId(random: () => number): string {
  const pick = (letters: string) => letters[Math.floor(random() * letters.length)] ?? ''
  return [1, 2, 3].map(() => pick(CONSONANTS) + pick(VOWELS)).join('')
}
