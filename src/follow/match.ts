import { encodeSegment } from '../domain/build.js'
import { wantsBuild } from '../domain/build-filter.js'
import { EVENT_TYPES, type WatchEvent } from '../domain/event.js'
import { type DIGEST_TRIGGER, type Trigger, wordsOf } from '../domain/route.js'
import type { Subscriptions } from './doorbell.js'
import type { PublicKeys } from './public-keys.js'

/** Everything that is given must fit. Names are Northflank's ids, not encoded. */
export interface Match {
  /** Absent: those of every team, and of none. */
  readonly team?: string
  readonly project?: string
  /** One of the two at most. */
  readonly job?: string
  readonly service?: string
  /**
   * Globs as in a watch's `branches`: the last that matches decides, `!` takes away. Leaves out what is about no build.
   */
  readonly branch?: string | readonly string[]
  readonly types?: readonly WatchEvent['type'][]
  /** Words as `on` of a route takes them; one that fits will do. */
  readonly on?: readonly (Trigger | typeof DIGEST_TRIGGER)[]
}

/** Each encoded; absent: any. */
interface Place {
  readonly team?: string
  readonly project?: string
  readonly kind?: string
  readonly resource?: string
}

/** `[teams/T/]P/jobs/J`, perhaps with a build behind it. */
const SUBJECT_SHAPE = /^(?:teams\/([^/]+)\/)?([^/]+)\/(jobs|services)\/([^/]+)(?:\/[^/]+)?$/

/** Throws a TypeError where both a job and a service are asked for. */
export function matcherOf(match: Match): (event: WatchEvent) => boolean {
  const place = placeOf(match)
  const branches = typeof match.branch === 'string' ? [match.branch] : match.branch
  return (event) =>
    (match.types === undefined || match.types.includes(event.type)) &&
    (match.on === undefined || answersTo(match.on, event)) &&
    isIn(place, event.subject) &&
    (branches === undefined || isOfBranch(branches, event))
}

function answersTo(on: readonly string[], event: WatchEvent): boolean {
  if (!EVENT_TYPES.includes(event.type)) return false
  const words = wordsOf(event)
  return on.some((word) => words.has(word))
}

function placeOf({ team, project, job, service }: Match): Place {
  if (job !== undefined && service !== undefined)
    throw new TypeError('match has a job and a service, and nothing is both: follow them one by one')
  const resource = job ?? service
  return {
    ...(team === undefined ? {} : { team: encodeSegment(team) }),
    ...(project === undefined ? {} : { project: encodeSegment(project) }),
    ...(resource === undefined
      ? {}
      : { kind: job === undefined ? 'services' : 'jobs', resource: encodeSegment(resource) }),
  }
}

function isIn(place: Place, subject: string): boolean {
  if (Object.keys(place).length === 0) return true
  const [, team, project, kind, resource] = SUBJECT_SHAPE.exec(subject) ?? []
  const there: Record<string, string | undefined> = { team, project, kind, resource }
  return Object.entries(place).every(([name, wanted]) => there[name] === wanted)
}

function isOfBranch(branches: readonly string[], { data }: WatchEvent): boolean {
  return 'build' in data && wantsBuild({ branches, pullRequests: 'with' }, data.build)
}

/** The narrowest that miss none of its builds. `*` also stands for a `/`, which only rings more often than need be. */
export function subscriptionsOf(match: Match, { channel }: PublicKeys): Subscriptions {
  const { team, project, kind, resource } = placeOf(match)
  const fallback = channel('*')
  const within = resource === undefined ? (project ?? '') : `${project ?? '*'}/${kind}/${resource}`
  const below = within === '' ? '*' : `${within}/*`
  const teams = team === undefined ? ['', 'teams/*/'] : [`teams/${team}/`]
  const patterns = below.startsWith('*') && team === undefined ? [below] : teams.map((each) => each + below)
  // A job's own trouble is told on a channel of its own.
  const ownChannel = resource === undefined || project === undefined ? [] : [`${teams[0]}${within}`]
  return { channels: ownChannel.map(channel), patterns: patterns.map(channel), fallback }
}
