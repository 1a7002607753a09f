import { type BuildRef, buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { type Answer, jsonAnswer, refusal, type ServedBuild } from './answer.js'
import type { Bending } from './bending.js'
import { buildLog } from './build-log.js'
import type { ServedObject } from './build-object.js'
import type { ListLengths } from './list-lengths.js'
import { type Page, type Paging, pageOf, readPageRequest } from './pagination.js'
import type { Route } from './routes.js'
import { stateAt } from './status-walk.js'
import { type Identity, PERMISSIONS } from './tokens.js'
import type { SimulatedBuild, World } from './world.js'

export interface Reading {
  readonly world: World
  readonly identity: Identity
  readonly query: URLSearchParams
  /** Epoch ms. */
  readonly now: number
  /** What this answer makes of builds and pages. */
  readonly bending: Bending
  readonly listLengths: ListLengths
  readonly mostPerPage: number
}

/** What a reader with all the rights it takes is answered. */
export function readRoute(route: Route, reading: Reading): Answer {
  switch (route.name) {
    case 'auth':
      return whoAmI(reading)
    case 'services':
      return readServices(route.project, reading)
    case 'builds':
      return readBuilds(route.resource, reading)
    case 'build':
      return readBuild({ ...route.resource, build: route.build }, reading)
    case 'logs':
      return readLogs(route.resource, reading)
  }
}

/** Undocumented beyond its path: enough to tell that the token is good, and whose. */
function whoAmI({ identity }: Reading): Answer {
  const { account, team, expiresAt } = identity
  const permissions = identity.permissions.map((permission) => PERMISSIONS[permission])
  const expiry = expiresAt === undefined ? {} : { expiresAt: new Date(expiresAt).toISOString() }
  return jsonAnswer({ data: { account, team, permissions, ...expiry } })
}

function readBuild(ref: BuildRef, { world, bending }: Reading): Answer {
  if (!world.ofResource(resourceKey(ref))) return unknownResource(ref)
  const build = world.find(buildKey(ref))
  const object = build && bending.show(build)
  if (!build || !object) return refusal({ status: 404, message: `Build ${ref.build} not found.` })
  return jsonAnswer({ data: object }, [servedBuild(build, object)])
}

/** Only what a range needs: `buildId`, `lineLimit` and `direction`. */
function readLogs(ref: ResourceRef, { world, query, now }: Reading): Answer {
  if (!world.ofResource(resourceKey(ref))) return unknownResource(ref)
  const build = world.find(buildKey({ ...ref, build: query.get('buildId') ?? '' }))
  const lines = build ? buildLog(build, now) : []
  const limit = Math.max(1, Number(query.get('lineLimit') ?? 100) || 1)
  const isBackward = query.get('direction') !== 'forward'
  return jsonAnswer({ data: isBackward ? lines.toReversed().slice(0, limit) : lines.slice(0, limit) })
}

function readBuilds(ref: ResourceRef, reading: Reading): Answer {
  const { world, now, bending, listLengths } = reading
  const resource = resourceKey(ref)
  const builds = world.ofResource(resource)?.filter(({ createdAt }) => createdAt <= now)
  if (!builds) return unknownResource(ref)
  const keeps = listLengths.of(resource)
  const isShown = (build: SimulatedBuild, at: number) => at < keeps && bending.isListed(build)
  return paged(builds, { reading, idOf: ({ key }) => key, isShown }, (page) => {
    const { items, pagination } = bending.page(page)
    const shown = items.flatMap((build) => {
      const object = bending.show(build)
      return object ? [{ object, served: servedBuild(build, object) }] : []
    })
    const data = { builds: shown.map(({ object }) => object) }
    return jsonAnswer(
      { data, pagination },
      shown.map(({ served }) => served),
    )
  })
}

function readServices(project: Pick<ResourceRef, 'team' | 'project'>, reading: Reading): Answer {
  const services = reading.world.servicesOf(project)
  if (!services) return refusal({ status: 404, message: `Project ${project.project} not found.` })
  return paged(services, { reading, idOf: resourceKey, isShown: () => true }, ({ items, pagination }) =>
    jsonAnswer({ data: { services: items.map((ref) => serviceObject(ref, reading)) }, pagination }),
  )
}

/** A hint only, as in the real list: the newest build's status without its id. */
function serviceObject(ref: ResourceRef, { world, now }: Reading): object {
  const newest = world.ofResource(resourceKey(ref))?.find(({ createdAt }) => createdAt <= now)
  const state = newest && stateAt(newest.walk, now)
  return {
    id: ref.resource,
    appId: `/${ref.team ?? 'simulator'}/${ref.project}/${ref.resource}`,
    projectId: ref.project,
    name: ref.resource,
    tags: [],
    serviceType: 'combined',
    disabledCI: false,
    disabledCD: false,
    status: state
      ? { build: { status: state.status, lastTransitionTime: new Date(state.at).toISOString() } }
      : {},
  }
}

function paged<T>(
  items: readonly T[],
  { reading, ...paging }: Paging<T> & { readonly reading: Reading },
  answer: (page: Page<T>) => Answer,
): Answer {
  const asked = readPageRequest(reading.query, reading.mostPerPage)
  if ('problem' in asked) return refusal({ status: 400, message: `Invalid query: ${asked.problem}.` })
  const page = pageOf(items, asked, paging)
  if (!page) return refusal({ status: 400, message: 'Invalid query: cursor is none that was handed out.' })
  return answer(page)
}

function unknownResource({ kind, resource }: ResourceRef): Answer {
  return refusal({ status: 404, message: `${kind === 'jobs' ? 'Job' : 'Service'} ${resource} not found.` })
}

function servedBuild({ key }: SimulatedBuild, object: ServedObject): ServedBuild {
  const { status, concluded } = object
  return {
    key,
    ...(typeof status === 'string' ? { status } : {}),
    ...(typeof concluded === 'boolean' ? { concluded } : {}),
  }
}
