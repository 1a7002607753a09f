/** Plans of arrivals as people write them: JSON at the admin path, one argument on the command line. */
import { parseResourceKey, type ResourceRef } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { OUTCOMES } from '../domain/outcome.js'
import { type ArrivalPlan, MOST_ARRIVALS } from './arrivals.js'
import { type JsonFields, type JsonReading, readJsonObject } from './json-fields.js'

const NO_RESOURCE = { project: '', kind: 'jobs', resource: '' } as const
const EXAMPLE = 'shop/jobs/nightly,perHour=30,count=50'

/** An arrival plan whose `resource` is written as a key: `{"resource": "shop/jobs/nightly", "perHour": 30, …}`. */
export function readArrivals(json: unknown): JsonReading<ArrivalPlan> {
  return readJsonObject(json, (fields) => ({
    resource: resourceOf(fields),
    count: fields.number('count', { min: 1, max: MOST_ARRIVALS, whole: true }),
    everyMs: fields.number('everyMs', { min: 0 }),
    perHour: fields.number('perHour', { min: 0 }),
    startsInMs: fields.number('startsInMs'),
    branches: fields.texts('branches'),
    pullRequestShare: fields.number('pullRequestShare', { min: 0, max: 1 }),
    outcomes: fields.object('outcomes', (weights) =>
      Object.fromEntries(OUTCOMES.map((outcome) => [outcome, weights.number(outcome, { min: 0 })])),
    ),
    durationMs: fields.number('durationMs', { min: 0 }),
    trace: fields.text('trace'),
    prefix: fields.text('prefix'),
    seed: fields.number('seed', { min: 0, whole: true }),
  }))
}

/**
 * The plan in a text such as `shop/jobs/nightly,perHour=30,branch=main,branch=develop,failure=2,success=8`: the fields of the
 * plan by their names, a branch or an outcome's weight at a time. Throws USAGE.
 */
export function parseArrivals(text: string): ArrivalPlan {
  const [resource, ...settings] = text.split(',')
  const pairs = settings.map((setting): Pair => {
    const [, name, value] = /^(\w+)=(.+)$/.exec(setting) ?? []
    if (name !== undefined && value !== undefined) return [name, value]
    throw unreadable(text, `${JSON.stringify(setting)} is no name=value`)
  })
  const reading = readArrivals({ ...jsonOf(pairs), resource })
  if (reading.kind === 'wrong') throw unreadable(text, reading.problems.join('; '))
  return reading.value
}

type Pair = readonly [name: string, value: string]

const OUTCOME_WORDS: ReadonlySet<string> = new Set(OUTCOMES)
/** Those of the plan's fields that are no numbers. */
const WORDS: ReadonlySet<string> = new Set(['trace', 'prefix'])

function jsonOf(pairs: readonly Pair[]): object {
  const branches = pairs.filter(([name]) => name === 'branch').map(([, value]) => value)
  const weights = pairs.filter(([name]) => OUTCOME_WORDS.has(name))
  const others = pairs.filter(([name]) => name !== 'branch' && !OUTCOME_WORDS.has(name))
  return {
    ...Object.fromEntries(others.map(([name, value]) => [name, WORDS.has(name) ? value : Number(value)])),
    ...(branches.length === 0 ? {} : { branches }),
    ...(weights.length === 0 ? {} : { outcomes: Object.fromEntries(weights.map(numbered)) }),
  }
}

function numbered([name, value]: Pair): [string, number] {
  return [name, Number(value)]
}

function unreadable(text: string, problem: string): BuildwatchdError {
  return new BuildwatchdError(
    'USAGE',
    `Arrivals are written like ${EXAMPLE}, not ${JSON.stringify(text)}: ${problem}.`,
  )
}

/** A key such as `shop/jobs/nightly`, read from the field `resource`. */
export function resourceOf(fields: JsonFields): ResourceRef {
  const ref = parseResourceKey(fields.text('resource') ?? '')
  if (!ref)
    fields.problem('resource', 'a job or service such as shop/jobs/nightly or teams/acme/shop/services/api')
  return ref ?? NO_RESOURCE
}
