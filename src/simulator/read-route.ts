import { type BuildRef, buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { type Answer, jsonAnswer, refusal, type ServedBuild } from './answer.js'
import type { ServedObject } from './build-object.js'
import { pageOf, readPageRequest } from './pagination.js'
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
  /** The build as this answer shows it; `undefined` before it is created. */
  readonly show: (build: SimulatedBuild) => ServedObject | undefined
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
  }
}

/** Undocumented beyond its path: enough to tell that the token is good, and whose. */
function whoAmI({ identity }: Reading): Answer {
  const permissions = identity.permissions.map((permission) => PERMISSIONS[permission])
  return jsonAnswer({ data: { account: identity.account, team: identity.team, permissions } })
}

function readBuild(ref: BuildRef, { world, show }: Reading): Answer {
  if (!world.ofResource(resourceKey(ref))) return unknownResource(ref)
  const build = world.find(buildKey(ref))
  const object = build && show(build)
  if (!build || !object) return refusal({ status: 404, message: `Build ${ref.build} not found.` })
  return jsonAnswer({ data: object }, [servedBuild(build, object)])
}

function readBuilds(ref: ResourceRef, reading: Reading): Answer {
  const { world, now, show } = reading
  const builds = world.ofResource(resourceKey(ref))?.filter(({ createdAt }) => createdAt <= now)
  if (!builds) return unknownResource(ref)
  return paged(builds, { reading, idOf: ({ key }) => key }, (page, pagination) => {
    const shown = page.flatMap((build) => {
      const object = show(build)
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
  return paged(services, { reading, idOf: resourceKey }, (page, pagination) =>
    jsonAnswer({ data: { services: page.map((ref) => serviceObject(ref, reading)) }, pagination }),
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

interface Listing<T> {
  readonly reading: Reading
  readonly idOf: (item: T) => string
}

function paged<T>(
  items: readonly T[],
  { reading, idOf }: Listing<T>,
  answer: (page: readonly T[], pagination: object) => Answer,
): Answer {
  const asked = readPageRequest(reading.query)
  if ('problem' in asked) return refusal({ status: 400, message: `Invalid query: ${asked.problem}.` })
  const page = pageOf(items, asked, idOf)
  if (!page) return refusal({ status: 400, message: 'Invalid query: cursor is none that was handed out.' })
  return answer(page.items, page.pagination)
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
