import { type BuildKey, buildKey, parseBuildKey } from './build.js'

/** Which build a person may mean who writes or pastes something that is not its key. */
export type MeantBuild =
  /** One of these, the likeliest first. */
  | { readonly kind: 'keys'; readonly keys: readonly BuildKey[] }
  /** Of any job or service. */
  | { readonly kind: 'id'; readonly id: string }

/**
 * A build key, the id of an event or of a delivery of a build, an address at Northflank that leads to a build, or the id of a build
 * alone. `undefined` when it is none of these.
 */
export function meantBuild(text: string): MeantBuild | undefined {
  if (/^https?:\/\//.test(text)) return meantByAddress(text)
  const [key = ''] = text.split('#')
  if (parseBuildKey(key)) return { kind: 'keys', keys: [key] }
  return /^[^\s/#\p{C}]+$/u.test(text) ? { kind: 'id', id: text } : undefined
}

/** `/v1/[teams/T/]projects/P/jobs/J/build/B` of the API, `/t/T/project/P/jobs/J/…/build(s)/B` of the application. */
const PATH =
  /^https?:\/\/[^/]+\/(?:v1\/)?(?:(?:t|teams)\/([^/]+)\/)?projects?\/([^/]+)\/(jobs|services)\/([^/]+)\/(?:.+\/)?builds?\/([^/?#]+)/

/** The application names a team in every address, a watch only where its path at the API has one. */
function meantByAddress(address: string): MeantBuild | undefined {
  const [, team, project = '', kind, resource = '', build = ''] = (PATH.exec(address) ?? []).map(decoded)
  const ref = { project, kind: kind === 'services' ? 'services' : 'jobs', resource, build } as const
  if (/\p{Cs}/u.test([team, project, resource].join('')) || build === '') return undefined
  return { kind: 'keys', keys: [...(team === undefined ? [] : [buildKey({ team, ...ref })]), buildKey(ref)] }
}

function decoded(segment: string | undefined): string | undefined {
  try {
    return segment && decodeURIComponent(segment)
  } catch {
    return segment
  }
}
