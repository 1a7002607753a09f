/**
 * The paths of the API that the simulator knows. The path word is `build`, singular, for lists too, and every path below a
 * project exists with and without a team.
 */
import type { BuildKind, ResourceRef } from '../domain/build.js'
import type { Permission } from './tokens.js'

export type Route =
  | { readonly name: 'auth' }
  | { readonly name: 'services'; readonly project: ProjectRef }
  | { readonly name: 'builds'; readonly resource: ResourceRef }
  | { readonly name: 'build'; readonly resource: ResourceRef; readonly build: string }
  /** Which build is said by the query. */
  | { readonly name: 'logs'; readonly resource: ResourceRef }

type ProjectRef = Pick<ResourceRef, 'team' | 'project'>

const PROJECT = '^/v1/(?:teams/(?<team>[^/]+)/)?projects/(?<project>[^/]+)'
const SERVICES = new RegExp(`${PROJECT}/services$`)
const BUILDS = new RegExp(
  `${PROJECT}/(?<kind>jobs|services)/(?<resource>[^/]+)/build(?:/(?<build>[^/]+)|(?<logs>-logs))?$`,
)

/** `pathname` as it came, still percent-encoded. `undefined` for a path that is none of the API's. */
export function routeOf(pathname: string): Route | undefined {
  if (pathname === '/v1/auth') return { name: 'auth' }
  const services = decodedGroups(SERVICES.exec(pathname))
  if (services) return { name: 'services', project: projectOf(services) }
  const builds = decodedGroups(BUILDS.exec(pathname))
  if (!builds) return undefined
  const kind: BuildKind = builds.get('kind') === 'services' ? 'services' : 'jobs'
  const resource = { ...projectOf(builds), kind, resource: builds.get('resource') ?? '' }
  if (builds.has('logs')) return { name: 'logs', resource }
  const build = builds.get('build')
  return build === undefined ? { name: 'builds', resource } : { name: 'build', resource, build }
}

/** With a team's own token, paths without a team mean its own. */
export function withTeam(route: Route | undefined, team: string | undefined): Route | undefined {
  if (!route || route.name === 'auth' || team === undefined) return route
  if (route.name === 'services') return { ...route, project: { team, ...route.project } }
  return { ...route, resource: { team, ...route.resource } }
}

/** The right that a read takes; `undefined` where any token will do. */
export function permissionFor(route: Route): Permission | undefined {
  if (route.name === 'auth') return undefined
  if (route.name === 'logs') return route.resource.kind === 'services' ? 'viewServiceLogs' : 'viewJobLogs'
  if (route.name === 'services' || route.resource.kind === 'services') return 'readServices'
  return route.name === 'build' ? 'readJobBuild' : 'readJobs'
}

function projectOf(groups: ReadonlyMap<string, string>): ProjectRef {
  const team = groups.get('team')
  return { ...(team === undefined ? {} : { team }), project: groups.get('project') ?? '' }
}

function decodedGroups(match: RegExpExecArray | null): ReadonlyMap<string, string> | undefined {
  try {
    const groups = Object.entries(match?.groups ?? {}).filter(([, value]) => value !== undefined)
    return match ? new Map(groups.map(([name, value]) => [name, decodeURIComponent(value)])) : undefined
  } catch {
    return undefined
  }
}
