import type { Context } from 'hono'
import { type BuildKind, buildKey, type ResourceRef } from '../domain/build.js'
import type { Right } from './access.js'
import { buildObject, distorted } from './build-object.js'
import type { FaultEffect } from './fault.js'
import { paged } from './paging.js'
import type { ServedAnswer, Shown, World } from './world.js'

export interface Found {
  readonly body: object
  /** What of it belongs in the log of answers. */
  readonly log?: Pick<ServedAnswer, 'key' | 'shown' | 'concluded'>
}

export interface Read {
  readonly right?: Right
  /** `undefined` when there is no such thing. */
  find(context: Context, fault: FaultEffect | undefined): Found | undefined
}

export interface Route {
  readonly path: string
  readonly read: Read
}

const PREFIXES = ['/v1/projects/:project', '/v1/teams/:team/projects/:project']
const KINDS: readonly BuildKind[] = ['jobs', 'services']

/** Every read that a watcher uses, by both path styles. */
export function routes(world: World): Route[] {
  const perKind = PREFIXES.flatMap((prefix) =>
    KINDS.flatMap((kind) => [
      { path: `${prefix}/${kind}/:resource/build/:build`, read: readBuild(kind, world) },
      { path: `${prefix}/${kind}/:resource/build`, read: readBuilds(kind, world) },
    ]),
  )
  const services = PREFIXES.map((prefix) => ({ path: `${prefix}/services`, read: readServices(world) }))
  return [...perKind, ...services, { path: '/v1/auth', read: WHO_AM_I }]
}

const WHO_AM_I: Read = { find: () => ({ body: { data: { kind: 'api-token', name: 'simulated' } } }) }

function readBuild(kind: BuildKind, world: World): Read {
  return {
    right: kind === 'jobs' ? 'jobs:deploy_build' : 'services:read',
    find(context, fault) {
      const ref = { ...resourceOf(context, kind), build: param(context, 'build') }
      const shown = world.find(ref)
      if (!shown) return undefined
      const build = show(shown, fault)
      const log = {
        key: buildKey(ref),
        shown: String(build['status']),
        concluded: build['concluded'] === true,
      }
      return { body: { data: build }, log }
    },
  }
}

function readBuilds(kind: BuildKind, world: World): Read {
  return {
    right: kind === 'jobs' ? 'jobs:read' : 'services:read',
    find(context, fault) {
      const shown = world.list(resourceOf(context, kind))
      if (!shown) return undefined
      const query = context.req.query()
      const { items, pagination } = paged(shown, {
        perPage: query['per_page'],
        page: query['page'],
        cursor: query['cursor'],
      })
      return { body: { data: { builds: items.map((each) => show(each, fault)) }, pagination } }
    },
  }
}

/** Carries the newest build's status and no build id: a change hint, no proof. */
function readServices(world: World): Read {
  return {
    right: 'services:read',
    find(context) {
      const { team, project } = resourceOf(context, 'services')
      const refs = world.scripts().map(({ ref }) => ref)
      const ids = new Set(
        refs
          .filter((ref) => ref.kind === 'services' && ref.project === project && ref.team === team)
          .map((ref) => ref.resource),
      )
      const services = [...ids].map((resource) =>
        service(resource, world.list({ ...resourceOf(context, 'services'), resource })),
      )
      return { body: { data: { services }, pagination: { hasNextPage: false, count: services.length } } }
    },
  }
}

function service(id: string, builds: readonly Shown[] = []): object {
  const [newest] = builds
  if (!newest) return { id, name: id, serviceType: 'build' }
  const lastTransitionTime = new Date(newest.state.concludedAt ?? newest.script.createdAt).toISOString()
  return {
    id,
    name: id,
    serviceType: 'build',
    status: { build: { status: newest.state.status, lastTransitionTime } },
  }
}

function show({ script, state }: Shown, fault: FaultEffect | undefined): Record<string, unknown> {
  const build = buildObject(script, state)
  return fault ? distorted(build, fault, script) : build
}

function resourceOf(context: Context, kind: BuildKind): ResourceRef {
  const team: string | undefined = context.req.param('team')
  return {
    ...(team === undefined ? {} : { team }),
    project: param(context, 'project'),
    kind,
    resource: param(context, 'resource'),
  }
}

function param(context: Context, name: string): string {
  return context.req.param(name) ?? ''
}
