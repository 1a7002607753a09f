/** `route test`: whom an event would be told, and why not the others. */
import { pastInstant } from '../app/past-instant.js'
import { type JudgedRoute, type RouteTest, type Tried, testRoutes } from '../app/route-test.js'
import { BuildwatchdError } from '../domain/errors.js'
import { isoInstant } from '../domain/instant.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult, withIsoInstants } from './output.js'
import { routeTestTables, whatOf } from './route-test-tables.js'

export interface RouteTestOptions extends CommonOptions {
  readonly event?: string
  readonly team?: string
  readonly project?: string
  readonly job?: string
  readonly service?: string
  readonly build: string
  readonly branch?: string
  readonly pullRequest?: string
  readonly outcome?: string
  readonly verdict?: string
  readonly failures?: string
  readonly account?: string
  readonly at?: string
  readonly output: string
}

export async function routeTest(options: RouteTestOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const now = Date.now()
  const facts = await testRoutes({
    file: options.config,
    defaultFile: DEFAULT_CONFIG_FILE,
    env: io.env,
    tried: triedOf(options),
    now: options.at === undefined ? now : pastInstant('--at', options.at, now),
  })
  io.stdout.write(
    format === 'table' ? routeTestTables(facts) : await renderResult(withIsoInstants(told(facts)), format),
  )
  return EXIT.done
}

function triedOf(options: RouteTestOptions): Tried {
  const { event, team, project, job, service, build, account } = options
  if (event !== undefined) return { kind: 'file', file: event }
  const resource = job ?? service
  if (!project || !resource || (job !== undefined && service !== undefined))
    throw new BuildwatchdError(
      'USAGE',
      'give an event with --event, or describe one: --project, and either --job or --service',
    )
  const kind = job === undefined ? 'services' : 'jobs'
  const ref = { ...(team === undefined ? {} : { team }), project, kind, resource, build } as const
  return {
    kind: 'sample',
    facts: { ref, ...(account === undefined ? {} : { account }), ...describedBy(options) },
  }
}

function describedBy({ branch, pullRequest, outcome, verdict, failures }: RouteTestOptions) {
  return {
    ...(branch === undefined ? {} : { branch }),
    ...(pullRequest === undefined ? {} : { pullRequest }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(failures === undefined ? {} : { failures: countOf(failures) }),
  }
}

function countOf(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new BuildwatchdError('USAGE', `--failures takes a whole number from 1, not ${JSON.stringify(text)}`)
}

type Plan = NonNullable<JudgedRoute['plan']>

function told({ event, at, isCovered, groups, withoutSilences }: RouteTest): object {
  const deliveries = isCovered ? groups.flatMap(({ routes }) => routes.flatMap(({ plan }) => plan ?? [])) : []
  return {
    event: event.id,
    type: event.type,
    at,
    isCovered,
    groups: groups.map(({ routes, ...group }) => ({
      ...group,
      routes: routes.map((judged) => ({ ...judged.route, ...judged.verdict, becomes: whatOf(judged, at) })),
    })),
    deliveries: deliveries.map(deliveryFacts),
    ...(withoutSilences === undefined ? {} : { withoutSilences }),
  }
}

function deliveryFacts({ delivery, silence }: Plan): object {
  const { event: _, notBefore, ...facts } = delivery
  return {
    ...facts,
    ...(notBefore === undefined ? {} : { notBefore: isoInstant(notBefore) }),
    ...(silence && { silence: silence.id }),
  }
}
