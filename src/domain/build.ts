import { BuildwatchdError } from './errors.js'
import { safeText } from './safe-text.js'

/** Northflank builds images for two kinds of resource; the word is the path segment of its API. */
export type BuildKind = 'jobs' | 'services'

/** One job or service: `{team?, project, kind, resource}`, each a Northflank slug. */
export interface ResourceRef {
  readonly team?: string
  readonly project: string
  readonly kind: BuildKind
  readonly resource: string
}

/** The identity of one build. */
export interface BuildRef extends ResourceRef {
  readonly build: string
}

/** Canonical text of a build's identity, `[teams/T/]P/jobs/J/B`, every segment percent-encoded. */
export type BuildKey = string

const LONE_SURROGATE = /\p{Cs}/u

/**
 * Percent-encodes one path segment. `*` is encoded too, because keys also stand in Redis patterns (PSUBSCRIBE), and a
 * segment of dots only, because URL parsers would walk up the path on it. Throws INTERNAL on half a character: it has no
 * encoding, and replacing it would give two builds one key. Settings, wire parsing and requests refuse such ids earlier.
 */
export function encodeSegment(segment: string): string {
  if (LONE_SURROGATE.test(segment)) {
    const message = `"${safeText(segment)}" cannot be an id: it holds half of a UTF-16 character; correct it where it comes from`
    throw new BuildwatchdError('INTERNAL', message)
  }
  const encoded = encodeURIComponent(segment).replaceAll('*', '%2A')
  return /^\.{1,2}$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded
}

/** Canonical text of a job or service, `[teams/T/]P/jobs/J`. */
export function resourceKey(ref: ResourceRef): string {
  const team = ref.team === undefined ? '' : `teams/${encodeSegment(ref.team)}/`
  return `${team}${encodeSegment(ref.project)}/${ref.kind}/${encodeSegment(ref.resource)}`
}

export function buildKey(ref: BuildRef): BuildKey {
  return `${resourceKey(ref)}/${encodeSegment(ref.build)}`
}

const KEY_SHAPE = /^(?:teams\/([^/]+)\/)?([^/]+)\/(jobs|services)\/([^/]+)\/([^/]+)$/

/** The reverse of {@link buildKey}; `undefined` when the text is no canonical build key. */
export function parseBuildKey(key: string): BuildRef | undefined {
  const match = LONE_SURROGATE.test(key) ? null : KEY_SHAPE.exec(key)
  if (!match) return undefined
  const ref = refOf(match)
  return ref && buildKey(ref) === key ? ref : undefined
}

/** The reverse of {@link resourceKey}; `undefined` when the text is no canonical key of a job or service. */
export function parseResourceKey(key: string): ResourceRef | undefined {
  const ref = parseBuildKey(`${key}/-`)
  if (!ref) return undefined
  const { build: _, ...resource } = ref
  return resource
}

function refOf([, team, project = '', kind, resource = '', build = '']: RegExpExecArray):
  | BuildRef
  | undefined {
  try {
    return {
      ...(team === undefined ? {} : { team: decodeURIComponent(team) }),
      project: decodeURIComponent(project),
      kind: kind === 'services' ? 'services' : 'jobs',
      resource: decodeURIComponent(resource),
      build: decodeURIComponent(build),
    }
  } catch {
    return undefined
  }
}
