import { Hono } from 'hono'
import type { Logger } from '../domain/ports.js'

/** What the surface tells; neither rejects because Redis is away, and both answer in time. */
export interface HttpSources {
  readonly metrics: { text(): Promise<string>; readonly contentType: string }
  readonly health: () => Promise<Liveness>
}

export type Liveness = { readonly kind: 'live' } | { readonly kind: 'not_live'; readonly reason: string }

/** Kept connections would hold up the way down, and save next to nothing at one question in many seconds. */
const HEADERS = { connection: 'close', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' }

/** `/metrics` and `/healthz`, and nothing else. */
export function createRoutes({ metrics, health }: HttpSources, logger: Logger): Hono {
  const routes = new Hono()
  routes.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { ...HEADERS, 'content-type': metrics.contentType }),
  )
  routes.get('/healthz', async (c) => {
    const liveness = await health()
    return liveness.kind === 'live'
      ? c.json({ live: true }, 200, HEADERS)
      : c.json({ live: false, reason: liveness.reason }, 503, HEADERS)
  })
  routes.notFound((c) => c.json({ error: 'there is nothing here; GET /metrics or /healthz' }, 404, HEADERS))
  routes.onError((error, c) => {
    logger.error({ path: c.req.path, error }, 'an HTTP request could not be answered')
    return c.json({ error: 'a defect in buildwatchd; see its log' }, 500, HEADERS)
  })
  return routes
}
