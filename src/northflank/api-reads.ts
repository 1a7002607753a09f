/** How a call of `createClient` becomes a read of the daemon's client, and what came of it a result. */
import type { ResourceRef } from '../domain/build.js'
import { type ApiError, BuildwatchdError } from '../domain/errors.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { allBuilds, type BuildsPage } from './all-builds.js'
import type {
  CallLimits,
  JobParameters,
  ListAllBuilds,
  ListBuilds,
  ListOptions,
  ReadBuilds,
  ResourceReads,
  ServiceParameters,
} from './api-calls.js'
import type { BuildsData } from './api-result.js'
import { type AnsweredPage, answered, isRefusal, type Refused, refused } from './api-result.js'
import type { Exchanged } from './attempt.js'
import type { CallOptions, NorthflankClient } from './client.js'
import type { Page } from './endpoints.js'
import { parseBuild } from './parse-build.js'

export interface ApiReadsMeans {
  readonly client: Pick<NorthflankClient, 'getBuild' | 'listBuilds'>
  /** Whether refusals are thrown rather than handed out. */
  readonly throws: boolean
  readonly isClosed: () => boolean
}

type RefOf<Parameters> = (parameters: Parameters) => ResourceRef

const PER_PAGE = 100
const MAX_PAGES = 100

/** The reads of jobs or of services; `refOf` throws a TypeError for parameters that name none. */
export function readsOf<Parameters extends object>(
  means: ApiReadsMeans,
  refOf: RefOf<Parameters>,
): ResourceReads<Parameters> {
  return {
    async build(call) {
      const ref = { ...refOf(call.parameters), build: textIn(call.parameters, 'buildId') }
      const asked = await ask(means, call, (options) => means.client.getBuild(ref, options))
      return asked.kind === 'refused' ? handOut(asked, means) : answered<ApiBuild>(asked.exchanged)
    },
    builds: buildsOf(means, refOf),
  }
}

function buildsOf<Parameters extends object>(
  means: ApiReadsMeans,
  refOf: RefOf<Parameters>,
): ReadBuilds<Parameters> {
  const builds = async (call: ListBuilds<Parameters>) =>
    readPage(means, { ...call, ref: refOf(call.parameters), page: pageOf(call.options) })
  const all = (call: ListAllBuilds<Parameters>) => {
    const ref = refOf(call.parameters)
    const throwing = { ...means, throws: true }
    return allBuilds({
      first: { perPage: PER_PAGE, ...pageOf(call.options) },
      maxPages: call.maxPages ?? MAX_PAGES,
      readPage: async (page) => buildsIn(await readPage(throwing, { ...call, ref, page })),
    })
  }
  return Object.assign(builds, { all })
}

interface PageCall extends CallLimits {
  readonly ref: ResourceRef
  readonly page: Page
}

async function readPage(means: ApiReadsMeans, call: PageCall): Promise<AnsweredPage<BuildsData> | Refused> {
  const asked = await ask(means, call, (options) => means.client.listBuilds(call.ref, call.page, options))
  if (asked.kind === 'refused') return handOut(asked, means)
  return { ...answered<BuildsData>(asked.exchanged), pagination: asked.value.pagination }
}

/** Entries without an id are no builds. */
function buildsIn(page: AnsweredPage<BuildsData> | Refused): BuildsPage {
  if (page.error) throw page.error
  const { data, pagination, request } = page
  return { builds: data.builds.filter((build) => parseBuild(build)), pagination, url: request.url }
}

type Asked<Value> =
  | { readonly kind: 'answered'; readonly value: Value; readonly exchanged: Exchanged }
  | { readonly kind: 'refused'; readonly error: ApiError; readonly exchanged: Exchanged }

/** What the last of its requests came to. */
async function ask<Value>(
  { isClosed }: ApiReadsMeans,
  limits: CallLimits,
  read: (options: CallOptions) => Promise<Value>,
): Promise<Asked<Value>> {
  if (isClosed()) throw new Error('this client is closed; make another one with createClient')
  const seen: { last?: Exchanged } = {}
  const hooks = {
    mayRetry: async () => !isClosed(),
    onExchanged(exchanged: Exchanged) {
      seen.last = exchanged
    },
  }
  try {
    const value = await read({ ...limitsOf(limits), ...hooks })
    return { kind: 'answered', value, exchanged: lastOf(seen) }
  } catch (error) {
    if (seen.last && isRefusal(error, seen.last)) return { kind: 'refused', error, exchanged: seen.last }
    throw error
  }
}

function lastOf({ last }: { readonly last?: Exchanged }): Exchanged {
  if (last === undefined) throw new BuildwatchdError('INTERNAL', 'a read has succeeded without an answer')
  return last
}

function handOut(
  { error, exchanged }: Extract<Asked<unknown>, { kind: 'refused' }>,
  { throws }: ApiReadsMeans,
): Refused {
  if (throws) throw error
  return refused(error, exchanged)
}

function limitsOf({ signal, timeoutMs }: CallLimits): Pick<CallOptions, 'signal' | 'timeoutMs'> {
  return { ...(signal === undefined ? {} : { signal }), ...(timeoutMs === undefined ? {} : { timeoutMs }) }
}

function pageOf({ per_page, page, cursor }: ListOptions = {}): Page {
  return {
    ...(per_page === undefined ? {} : { perPage: per_page }),
    ...(page === undefined ? {} : { page }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

export function jobOf(parameters: JobParameters): ResourceRef {
  return { ...projectOf(parameters), kind: 'jobs', resource: textIn(parameters, 'jobId') }
}

export function serviceOf(parameters: ServiceParameters): ResourceRef {
  return { ...projectOf(parameters), kind: 'services', resource: textIn(parameters, 'serviceId') }
}

function projectOf(parameters: JobParameters | ServiceParameters): Pick<ResourceRef, 'team' | 'project'> {
  const { teamId } = parameters
  const team = teamId === undefined ? {} : { team: textIn(parameters, 'teamId') }
  return { ...team, project: textIn(parameters, 'projectId') }
}

/** Also for callers without types: `undefined` would become a word of the path. */
function textIn(parameters: object, name: string): string {
  const value: unknown = Reflect.get(parameters, name)
  if (typeof value === 'string') return value
  throw new TypeError(`parameters.${name} is ${typeof value}; it must be a text`)
}
