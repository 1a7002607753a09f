/**
 * The way in for people and for tests in other processes: set faults, add builds, ask for the truth. It is no part of the
 * API, so it counts no requests and no fault strikes it. Only programs on this machine are let in: whoever may connect from
 * elsewhere sees a path that does not exist, and bodies must be declared as JSON, which a web page of another origin cannot do
 * without asking first.
 */
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { BuildwatchdError } from '../domain/errors.js'
import { readBuildScript, readFaultRule, readListLength, readTokenChange } from './admin-json.js'
import { NO_ROUTE } from './answer.js'
import type { ArrivalPlan } from './arrivals.js'
import type { BuildScript } from './build-script.js'
import type { FaultBoard } from './fault-board.js'
import { checkRule } from './fault-rule.js'
import type { JsonReading } from './json-fields.js'
import type { ListLengths } from './list-lengths.js'
import type { RateWindows } from './rate-window.js'
import { readArrivals } from './read-arrivals.js'
import type { ServedLog } from './served-log.js'
import { historyOf } from './status-walk.js'
import type { Tokens } from './tokens.js'
import type { SimulatedBuild, World } from './world.js'

export interface AdminDeps {
  readonly world: World
  readonly faults: FaultBoard
  readonly served: ServedLog
  readonly windows: RateWindows
  readonly tokens: Tokens
  readonly listLengths: ListLengths
  scriptsOf(plan: ArrivalPlan): BuildScript[]
}

type AdminContext = Context<{ Bindings: HttpBindings }>

const MIB = 2 ** 20
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/

type Admin = Hono<{ Bindings: HttpBindings }>

export function createAdminRoutes(deps: AdminDeps): Admin {
  const admin: Admin = new Hono()
  admin.use(async (context, next) => {
    const from = context.env.incoming.socket.remoteAddress ?? ''
    return LOOPBACK.test(from) ? next() : context.json({ error: NO_ROUTE }, 404)
  })
  addFaultRoutes(admin, deps)
  addBuildRoutes(admin, deps)
  addServiceRoutes(admin, deps)
  admin.get('/served', (context) => context.json(deps.served.since(Number(context.req.query('after') ?? 0))))
  admin.get('/requests', (context) => context.json(deps.windows.all()))
  return admin
}

function addFaultRoutes(admin: Admin, { faults }: AdminDeps): void {
  admin.get('/faults', (context) => context.json(faults.list()))
  admin.post('/faults', (context) =>
    withJson(context, readFaultRule, (rules) => {
      rules.forEach(checkRule)
      return { ids: rules.map((rule) => faults.set(rule)) }
    }),
  )
  admin.delete('/faults', (context) => context.json({ cleared: faults.clear() }))
  admin.delete('/faults/:id', (context) => context.json({ cleared: faults.clear(context.req.param('id')) }))
}

function addBuildRoutes(admin: Admin, deps: AdminDeps): void {
  const { world } = deps
  admin.get('/builds', (context) => {
    const resource = context.req.query('resource')
    const builds = resource === undefined ? world.all() : (world.ofResource(resource)?.toReversed() ?? [])
    return context.json(builds.map(buildLine))
  })
  admin.post('/builds', (context) =>
    withJson(context, readBuildScript, (scripts) => world.addAll(scripts).map(buildLine)),
  )
  admin.post('/arrivals', (context) =>
    withJson(context, readArrivals, (plans) =>
      world.addAll(plans.flatMap((plan) => deps.scriptsOf(plan))).map(buildLine),
    ),
  )
  admin.get('/truth/*', (context) => {
    // A build key is percent-encoded already, so the path is taken as it came.
    const build = world.find(new URL(context.req.url).pathname.replace(/^.*?\/truth\//, ''))
    if (!build) return problem(context, 404, ['there is no build of this key'])
    return context.json({ ...buildLine(build), history: historyOf(build.walk) })
  })
}

/** What the service keeps besides builds: tokens, by their ids alone, and how far back its lists reach. */
function addServiceRoutes(admin: Admin, { tokens, listLengths }: AdminDeps): void {
  admin.get('/tokens', (context) => context.json(tokens.all()))
  admin.post('/tokens', (context) =>
    withJson(context, readTokenChange, (changes) => {
      for (const { tokenId } of changes) tokens.state(tokenId)
      return changes.map(({ tokenId, ...change }) => tokens.change(tokenId, change))
    }),
  )
  admin.get('/lists', (context) => context.json(listLengths.all()))
  admin.post('/lists', (context) =>
    withJson(context, readListLength, (lengths) => {
      for (const { resource, keeps } of lengths) listLengths.set(resource, keeps)
      return listLengths.all()
    }),
  )
}

function buildLine({ key, createdAt, concludedAt, outcome, branch, pullRequestId }: SimulatedBuild): object {
  return { key, createdAt, concludedAt, outcome, branch, pullRequestId }
}

/** Takes one object or a list of them; nothing is done unless all of them are right. */
async function withJson<T>(
  context: AdminContext,
  read: (json: unknown) => JsonReading<T>,
  act: (values: readonly T[]) => object,
): Promise<Response> {
  if (!/^application\/json\b/i.test(context.req.header('content-type') ?? '')) {
    return problem(context, 415, ['the content-type must be application/json'])
  }
  const text = await readText(context)
  if (text === undefined) return problem(context, 413, ['the body is larger than 1 MiB'])
  try {
    const readings = listOf(JSON.parse(text)).map(read)
    const problems = readings.flatMap((reading) => (reading.kind === 'wrong' ? reading.problems : []))
    if (problems.length > 0) return problem(context, 400, problems)
    return context.json(
      act(readings.flatMap((reading) => (reading.kind === 'read' ? [reading.value] : []))),
      201,
    )
  } catch (error) {
    if (error instanceof SyntaxError) return problem(context, 400, ['the body is no JSON'])
    if (error instanceof BuildwatchdError) return problem(context, 400, [error.message])
    throw error
  }
}

async function readText({ req }: AdminContext): Promise<string | undefined> {
  if (Number(req.header('content-length') ?? 0) > MIB) return undefined
  const text = await req.text()
  return text.length > MIB ? undefined : text
}

function listOf(json: unknown): unknown[] {
  return Array.isArray(json) ? json : [json]
}

function problem(context: Context, status: 400 | 404 | 413 | 415, problems: readonly string[]): Response {
  return context.json({ error: { status, message: problems.join('; ') } }, status)
}
