/** Every answer that the simulator can give, as a call to make and a fault to set before. */
import { inspect } from 'node:util'
import { type BuildRef, buildKey } from '../../../src/domain/build.js'
import { ApiError } from '../../../src/domain/errors.js'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import { CONCLUSION_UNITS, type FaultRule } from '../../../src/simulator/fault-rule.js'
import { BUILD, TOKEN } from '../../unit/northflank/fixtures.js'
import type { Call, Result } from './both-clients.js'
import { ENDS, ODD_IDS, refOf, STATUSES } from './official-builds.js'

export interface Case {
  /** As the table of differences has it. */
  readonly name: string
  readonly call: Call
  readonly fault?: FaultRule
  readonly token?: string
  /** Behind the simulator's address. */
  readonly path?: string
  readonly throws?: boolean
  /** What a caller sees who looks into a result for one thing. */
  readonly look?: (result: Result) => Promise<string> | string
  /** How often the call asks is looked at too. */
  readonly counts?: true
  /** Whether the order of builds counts; it does by default. */
  readonly ordered?: boolean
}

export const TOKENS = {
  all: TOKEN,
  lists: 'token-that-may-only-list',
  old: 'token-that-has-expired',
  junk: 'token-that-nobody-knows',
} as const

const FIELDS = [...Object.keys(BUILD).filter((name) => name !== 'id'), 'pullRequestId', 'registry']

const one: Call = { kind: 'job', read: 'build', project: 'shop', resource: 'nightly', build: 'b-3' }
const list: Call = {
  kind: 'job',
  read: 'builds',
  project: 'shop',
  resource: 'nightly',
  options: { per_page: 2 },
}
const all: Call = { ...list, read: 'all' }
const serviceOne: Call = { ...one, kind: 'service', resource: 'api', build: 's-3' }
const serviceList: Call = { ...list, kind: 'service', resource: 'api' }
/** As the simulator makes them. */
const cursorAfter = (ref: BuildRef): string => Buffer.from(buildKey(ref)).toString('base64url')

const plain: readonly Case[] = [
  { name: 'a job build', call: one },
  { name: 'a service build', call: serviceOne },
  { name: "a team's job build", call: { ...one, team: 'acme', build: 'of-a-team' } },
  { name: "a team's service build", call: { ...serviceOne, team: 'acme', build: 'of-a-team' } },
  { name: 'a list of job builds', call: { ...list, options: {} } },
  { name: 'a list of service builds', call: { ...serviceList, options: {} } },
  { name: "a list of a team's builds", call: { ...list, team: 'acme' } },
  { name: 'a list of a service of a team', call: { ...serviceList, team: 'acme' } },
  { name: 'an empty list', call: { ...list, resource: 'idle' } },
  { name: 'the first page', call: list },
  { name: 'the second page', call: { ...list, options: { per_page: 2, page: 2 } } },
  { name: 'the last page', call: { ...list, options: { per_page: 2, page: 3 } } },
  { name: 'a page behind the last', call: { ...list, options: { per_page: 2, page: 9 } } },
  {
    name: 'the page at a cursor',
    call: { ...list, options: { per_page: 2, cursor: cursorAfter(refOf('nightly', 'b-4')) } },
  },
  { name: 'a page of 100', call: { ...list, options: { per_page: 100 } } },
  { name: 'a page of none', call: { ...list, options: { per_page: 0 } } },
  { name: 'a page of 101', call: { ...list, options: { per_page: 101 } } },
  { name: 'a cursor that was never handed out', call: { ...list, options: { cursor: 'nowhere' } } },
  { name: 'a cursor that needs encoding', call: { ...list, options: { cursor: 'n 1&page=2' } } },
  { name: 'an unknown build', call: { ...one, build: 'nobody' } },
  { name: 'an unknown job', call: { ...one, resource: 'nobody' } },
  { name: 'an unknown project', call: { ...one, project: 'nobody' } },
  { name: 'an unknown team', call: { ...one, team: 'nobody' } },
  { name: 'a list of an unknown job', call: { ...list, resource: 'nobody' } },
  { name: 'an empty build id', call: { ...one, build: '' } },
  { name: 'a build id of dots', call: { ...one, build: '..' } },
  ...ODD_IDS.map((build) => ({
    name: `the build id \`${build}\``,
    call: { ...one, resource: 'odd', build },
  })),
  ...[...STATUSES.map((status) => status.toLowerCase()), 'none'].map((build) => ({
    name: `a build with the status ${build}`,
    call: { ...one, resource: 'statuses', build },
  })),
  { name: 'a list of builds in every status', call: { ...list, resource: 'statuses', options: {} } },
  ...ENDS.map(({ status, success }, at) => ({
    name: `the end ${status} with success ${success}`,
    call: { ...one, resource: 'ends', build: `end-${at}` },
  })),
  { name: 'a list of builds with every end', call: { ...list, resource: 'ends', options: {} } },
  ...OUTCOMES.map((build) => ({
    name: `the outcome ${build}`,
    call: { ...one, resource: 'outcomes', build },
  })),
]

const access: readonly Case[] = [
  { name: 'an unknown token', call: one, token: TOKENS.junk },
  { name: 'an expired token', call: one, token: TOKENS.old },
  { name: 'a token with a line break', call: one, token: 'a-token\nand-more' },
  { name: 'a token without the right', call: one, token: TOKENS.lists },
  { name: 'a token with the right to list', call: list, token: TOKENS.lists },
  { name: 'a base URL with a slash at its end', call: one, path: '/' },
  { name: 'a base URL that leads elsewhere', call: one, path: '/elsewhere' },
  { name: 'a base URL with /v1', call: one, path: '/v1' },
]

const REFUSALS = [400, 405, 408, 409, 410, 418, 422, 500, 501, 502, 503, 504]
const CLOSED_PORT = 'http://127.0.0.1:1/'
/** In place of the answer: of one build, of a list, and where errors are thrown. */
const answerFaults: readonly FaultRule[] = [
  { kind: 'throttled' },
  { kind: 'throttled', retryAfter: '7' },
  { kind: 'throttled', bare: true },
  { kind: 'unauthorized' },
  { kind: 'forbidden' },
  { kind: 'not_found' },
  { kind: 'wrong_route' },
  ...REFUSALS.map((status): FaultRule => ({ kind: 'server_error', status })),
  { kind: 'server_error', retryAfter: '7' },
  { kind: 'server_error', bare: true },
  { kind: 'html' },
  { kind: 'html', status: 200 },
  { kind: 'html', status: 404 },
  { kind: 'html', status: 405 },
  { kind: 'html', bare: true },
  { kind: 'redirect', location: '/v1/projects/shop/jobs/nightly/build/b-2', times: 1 },
  { kind: 'redirect', status: 307, location: '/v1/projects/shop/jobs/nightly/build/b-2', times: 1 },
  { kind: 'redirect', location: CLOSED_PORT },
  { kind: 'empty' },
  { kind: 'no_content' },
  { kind: 'junk_json' },
]
const wireFaults: readonly FaultRule[] = [
  { kind: 'hang' },
  { kind: 'cut' },
  { kind: 'drip', delayMs: 1 },
  { kind: 'drip', delayMs: 60_000 },
  { kind: 'late', delayMs: 20 },
  { kind: 'late', delayMs: 60_000 },
  { kind: 'bomb', bytes: 1_000_000 },
  { kind: 'bomb', bytes: 4_000_000 },
  { kind: 'huge', bytes: 1_000_000 },
  { kind: 'huge', bytes: 4_000_000 },
]
const buildFaults: readonly FaultRule[] = [
  { kind: 'contradiction' },
  { kind: 'regression' },
  { kind: 'regression', back: 2 },
  { kind: 'missing_fields' },
  ...FIELDS.map((name): FaultRule => ({ kind: 'missing_fields', fields: [name] })),
  ...CONCLUSION_UNITS.map((unit): FaultRule => ({ kind: 'conclusion_unit', unit })),
]
const listFaults: readonly FaultRule[] = [
  { kind: 'repeated_page' },
  { kind: 'repeated_page', repeats: 1 },
  { kind: 'no_cursor' },
  { kind: 'shuffled' },
  { kind: 'unlisted', build: buildKey(refOf('nightly', 'b-4')) },
  { kind: 'cursor_loop' },
]

const SHOWN_AS: Readonly<Record<string, string>> = {
  [CLOSED_PORT]: 'a closed port',
  '/v1/projects/shop/jobs/nightly/build/b-2': 'another build',
}

/** `redirect (status 307, to another build)` */
function nameOf({ kind, build, location, ...told }: FaultRule): string {
  const words = Object.entries(told).flatMap(([name, value]) =>
    name === 'times' ? [] : `${name} ${String(value)}`,
  )
  if (build !== undefined) words.push('of one build')
  if (location !== undefined) words.push(`to ${SHOWN_AS[location] ?? location}`)
  return words.length === 0 ? `\`${kind}\`` : `\`${kind}\` (${words.join(', ')})`
}

function oneOfEachKind(faults: readonly FaultRule[]): FaultRule[] {
  return faults.filter(({ kind }, at) => faults.findIndex((other) => other.kind === kind) === at)
}

function struckBy(faults: readonly FaultRule[], what: string, more: Omit<Case, 'name' | 'fault'>): Case[] {
  return faults.map((fault) => ({ name: `${nameOf(fault)}${what}`, fault, ...more }))
}

const looks: readonly Case[] = [
  {
    name: 'the token in the result',
    call: one,
    look: (result) => (inspect(result, { depth: 20 }).includes(TOKEN) ? 'is there' : 'is nowhere'),
  },
  {
    name: 'the body of the raw response',
    call: one,
    look: async ({ rawResponse }) =>
      (await rawResponse?.text().catch(() => undefined)) === undefined ? 'is used up' : 'can be read',
  },
  {
    name: 'the error in the result',
    call: { ...one, build: 'nobody' },
    look: ({ error }) => (error instanceof ApiError ? 'is an Error with a code' : 'is a plain object'),
  },
  {
    name: 'the way to the next page',
    call: list,
    look: ({ pagination = {} }) => ('getNextPage' in pagination ? 'is a function' : 'is not there'),
  },
  {
    name: 'the facts of the rate limit',
    call: one,
    look: ({ rateLimit }) => (rateLimit ? `says ${Object.keys(rateLimit).join(', ')}` : 'is not there'),
  },
]

const secondPage = { ...list, options: { per_page: 2, page: 2 } }

export const CASES: readonly Case[] = [
  ...plain,
  ...access,
  ...looks,
  ...struckBy(answerFaults, '', { call: one }),
  ...struckBy(oneOfEachKind(answerFaults), ', list', { call: list }),
  ...struckBy([{ kind: 'throttled' }, { kind: 'html', status: 404 }], ', service', { call: serviceOne }),
  ...struckBy(
    answerFaults.filter(({ location }) => location === undefined),
    ', thrown',
    { call: one, throws: true },
  ),
  ...struckBy(wireFaults, '', { call: one }),
  ...struckBy(buildFaults, '', { call: one }),
  ...struckBy(buildFaults, ', list', { call: list }),
  ...struckBy(listFaults, ', page 2', { call: secondPage, ordered: false }),
  ...struckBy([{ kind: 'server_error' }, { kind: 'throttled' }], ', requests', { call: one, counts: true }),
  { name: 'all pages, requests', call: { ...all, options: {} }, counts: true },
  { name: 'all pages', call: all },
  { name: 'all pages of a service', call: { ...serviceList, read: 'all' } },
  { name: "all pages of a team's job", call: { ...all, team: 'acme' } },
  { name: 'all pages of an empty list', call: { ...all, resource: 'idle' } },
  ...struckBy([{ kind: 'unauthorized' }, { kind: 'empty' }, { kind: 'missing_fields' }], ', all pages', {
    call: all,
  }),
  // The endless walk of the official client comes last: whatever came after it would be asked for in between.
  ...struckBy(listFaults, ', all pages', { call: all, ordered: false }),
]
