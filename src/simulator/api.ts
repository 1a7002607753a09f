/**
 * The documented reads of the build API, in the order in which the real one refuses: an unknown route before the token is
 * looked at, then the token, the allowance, the right, the thing. Faults strike between the route and the token.
 */
import { setTimeout as after } from 'node:timers/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import type { Clock } from '../domain/ports.js'
import type { Access, Caller } from './access.js'
import { errorBody, MESSAGES } from './error-body.js'
import type { FaultEffect, Faults } from './fault.js'
import { falseAnswer, sentRaw } from './fault-answers.js'
import { type Found, type Read, routes } from './reads.js'
import type { World } from './world.js'

export type ApiContext = Context<{ Bindings: HttpBindings }>

export interface ApiDeps {
  readonly world: World
  readonly access: Access
  readonly faults: Faults
  readonly clock: Clock
}

export function createApi(deps: ApiDeps): Hono<{ Bindings: HttpBindings }> {
  const api = new Hono<{ Bindings: HttpBindings }>()
  for (const { path, read } of routes(deps.world)) {
    api.get(path, (context) => answer(context, read, deps))
    api.all(path, (context) => context.text('Method Not Allowed', 405))
  }
  api.notFound((context) => context.json({ error: { status: 404, message: 'Route not found' } }, 404))
  return api
}

interface Reply {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
  readonly found?: Found
}

async function answer(context: ApiContext, read: Read, deps: ApiDeps): Promise<Response> {
  const asked = { method: context.req.method, path: pathOf(context), token: tokenOf(context) }
  const fault = deps.faults.strike(asked)
  if (fault?.kind === 'delay') await after(fault.ms)

  const caller = deps.access.caller(asked.token)
  const limits = limitsOf(caller, deps)
  const reply = replaced(fault) ?? decide(context, { read, caller, isAllowed: limits.isAllowed, fault })
  const isRaw = fault !== undefined && sentRaw(fault, context.env.outgoing, reply.body)
  const struck = fault === undefined ? {} : { fault: fault.kind }
  deps.world.served.push({
    at: deps.clock.now(),
    ...asked,
    status: isRaw ? 0 : reply.status,
    ...reply.found?.log,
    ...struck,
  })
  return isRaw ? RESPONSE_ALREADY_SENT : respond(reply, hidesLimits(fault) ? {} : limits.headers())
}

function pathOf(context: ApiContext): string {
  const { pathname, search } = new URL(context.req.url)
  return pathname + search
}

function replaced(fault: FaultEffect | undefined): Reply | undefined {
  return fault && falseAnswer(fault)
}

function hidesLimits(fault: FaultEffect | undefined): boolean {
  return fault?.kind === 'throttle' && fault.bare === true
}

function respond({ status, body, headers }: Reply, limits: Record<string, string>): Response {
  const all = { 'content-type': 'application/json; charset=utf-8', ...limits, ...headers }
  return new Response(body === '' ? null : body, { status, headers: all })
}

function tokenOf(context: ApiContext): string {
  return /^Bearer (.+)$/.exec(context.req.header('authorization') ?? '')?.[1] ?? ''
}

/** Counts the request, where it is anyone's. */
function limitsOf(caller: Caller | undefined, { access, clock }: ApiDeps) {
  const window = access.window(caller?.account ?? '')
  const isAllowed = caller === undefined || window.take(clock.now())
  return { isAllowed, headers: () => window.headers(clock.now()) }
}

interface Case {
  readonly read: Read
  readonly caller: Caller | undefined
  readonly isAllowed: boolean
  readonly fault: FaultEffect | undefined
}

function decide(context: ApiContext, { read, caller, isAllowed, fault }: Case): Reply {
  if (!caller) return refusal(401)
  if (!isAllowed) return refusal(429)
  if (read.right !== undefined && !caller.may(read.right)) return refusal(403)
  const found = read.find(context, fault)
  return found ? { status: 200, body: JSON.stringify(found.body), found } : refusal(404)
}

function refusal(status: number): Reply {
  return { status, body: errorBody(status, MESSAGES[status] ?? 'Error') }
}
