import { type ExplainedEvent, type Explanation, explanationOf } from '../app/explain.js'
import { triesOf } from '../domain/delivery-tries.js'
import { EXIT } from './exit-codes.js'
import { explainTables } from './explain-tables.js'
import { deliveryStates, routeResult } from './explain-told-tables.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult, withIsoInstants } from './output.js'

export interface ExplainOptions extends CommonOptions {
  readonly output: string
  readonly all?: boolean
}

/** `explain`: how a build went, what each request was for that it took to see it, and whom it was told. Takes no request of the API. */
export async function explain(build: string, options: ExplainOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const facts = await explanationOf(build, {
    file: options.config,
    defaultFile: DEFAULT_CONFIG_FILE,
    env: io.env,
  })
  const now = Date.now()
  io.stdout.write(
    format === 'table'
      ? explainTables(facts, { now, all: options.all === true })
      : await renderResult(withIsoInstants(told(facts, now)), format),
  )
  return EXIT.done
}

function told({ events, deliveries, ...facts }: Explanation, now: number): object {
  const stateOf = deliveryStates(deliveries, now)
  return {
    ...facts,
    routes: events.map(({ event, routesOf, routes }: ExplainedEvent) => ({
      event: event.id,
      type: event.type,
      routesOf,
      routes: routes.map((explained) => ({
        ...explained.route,
        ...explained.verdict,
        came: explained.came.kind,
        becomes: routeResult(explained, stateOf),
        ...('delivery' in explained.came ? { delivery: explained.came.delivery } : {}),
      })),
    })),
    deliveries: deliveries.map(deliveryFacts),
  }
}

/** `deliveries show` has the body, and the event is above. */
function deliveryFacts(delivery: Explanation['deliveries'][number]): object {
  const { body: _, failed: __, startedAt: ___, unended: ____, event, ...facts } = delivery
  return { ...facts, event: event.id, tries: triesOf(delivery) }
}
