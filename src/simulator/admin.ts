/**
 * The hand on the simulated world, under `/_sim`: add builds and faults, read the truth and what was served. Its own
 * requests count for no one. Bodies are checked; what is wrong with one comes back as 400.
 */
import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { z } from 'zod'
import { parseBuildKey } from '../domain/build.js'
import { OUTCOMES } from '../domain/outcome.js'
import { type FaultRule, faultRuleSchema } from './fault.js'
import type { SimulatedWorld } from './simulated-world.js'

const buildSchema = z.strictObject({
  /** Build key, such as `shop/jobs/web/b-1`. */
  key: z.string(),
  outcome: z.enum(OUTCOMES).default('success'),
  /** Simulated seconds from creation to conclusion; drawn from real builds when left out. */
  durationS: z.number().positive().optional(),
  branch: z.string().optional(),
  pullRequestId: z.number().int().nullable().optional(),
})

export function createAdmin(world: SimulatedWorld): Hono<{ Bindings: HttpBindings }> {
  const admin = new Hono<{ Bindings: HttpBindings }>()
  admin.post('/builds', async (context) => {
    const parsed = buildSchema.safeParse(await body(context.req.raw))
    const ref = parsed.success ? parseBuildKey(parsed.data.key) : undefined
    if (!parsed.success) return context.json({ error: z.prettifyError(parsed.error) }, 400)
    if (!ref) return context.json({ error: 'key: is no build key, such as shop/jobs/web/b-1' }, 400)
    world.invent({ ...parsed.data, ref })
    return context.json({ history: world.truth(parsed.data.key) }, 201)
  })
  admin.post('/faults', async (context) => {
    const parsed = faultRuleSchema.safeParse(await body(context.req.raw))
    if (!parsed.success) return context.json({ error: z.prettifyError(parsed.error) }, 400)
    const rule: FaultRule = parsed.data
    world.fault(rule)
    return context.body(null, 204)
  })
  admin.delete('/faults', (context) => {
    world.clearFaults()
    return context.body(null, 204)
  })
  admin.get('/truth/*', (context) => {
    const history = world.truth(new URL(context.req.url).pathname.replace(/^.*?\/truth\//, ''))
    return history ? context.json({ history }) : context.json({ error: 'no such build' }, 404)
  })
  admin.get('/served', (context) => context.json({ served: world.served() }))
  admin.get('/requests', (context) => context.json({ perWindow: world.requests() }))
  return admin
}

async function body(request: Request): Promise<unknown> {
  try {
    return await request.json()
  } catch {
    return undefined
  }
}
