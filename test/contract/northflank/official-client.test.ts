/** The vendor's own client as an independent reference: called as ours is, over everything that the simulator can answer. */
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { FAULT_KINDS } from '../../../src/simulator/fault-rule.js'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import type { Permission } from '../../../src/simulator/tokens.js'
import { eventually } from '../../support/eventually.js'
import {
  areAlike,
  type Call,
  type Client,
  kindOf,
  NEVER,
  type Outcome,
  officialClient,
  ourClient,
  outcomeOf,
  type Settings,
  wordsOf,
} from './both-clients.js'
import { BUILDS } from './official-builds.js'
import { CASES, type Case, TOKENS } from './official-cases.js'
import { DIFFERENCES, type Difference } from './official-differences.js'

/** Far longer than any answer takes: what is said to settle has that long to do so. */
const SETTLES_WITHIN_MS = 30_000
/** Longer than answers take. On a machine so busy that they take longer, what settles after all passes for what never does. */
const NEVER_MS = 1500
const PROOF: Call = { kind: 'job', read: 'build', project: 'shop', resource: 'nightly', build: 'b-1' }

const LISTS: readonly Permission[] = ['readJobs']

let simulator: Simulator
let clients: Client[] = []

beforeAll(async () => {
  const tokens = [
    { token: TOKENS.all },
    { token: TOKENS.lists, permissions: LISTS },
    { token: TOKENS.old, expiresAt: Date.now() - 60_000 },
  ]
  simulator = await startSimulator({ builds: BUILDS, tokens, limit: 1_000_000 })
})

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()))
  clients = []
})

afterAll(() => simulator.stop())

interface Seen {
  readonly outcome: Outcome
  /** Paths with their queries; tries of one request count as one. */
  readonly paths: readonly string[]
  readonly requests: number
  readonly look: string
}

/** Requests so far, also those that have no answer yet. */
function arrived(): number {
  return simulator.requests().reduce((sum, { requests }) => sum + requests, 0)
}

async function seenBy(client: Client, { call, fault, look }: Case, withinMs: number): Promise<Seen> {
  clients.push(client)
  const before = { served: simulator.served().length, arrived: arrived() }
  if (fault) simulator.fault(fault)
  const outcome = await outcomeOf(client.call(call), withinMs)
  simulator.clearFaults()
  const seenIn = outcome.kind === 'settled' ? ((await look?.(outcome.result)) ?? '') : ''
  const asked = () =>
    simulator
      .served()
      .slice(before.served)
      .map(({ path }) => path)
  if (outcome.kind !== 'pending') {
    const areTold = () => asked().length >= arrived() - before.arrived
    await eventually(areTold, {
      what: 'the server has ended with every request of the call',
      withinMs: SETTLES_WITHIN_MS,
    })
  }
  return {
    outcome,
    paths: asked().filter((path, at, all) => path !== all[at - 1]),
    requests: asked().length,
    look: seenIn,
  }
}

async function bothSee(found: Case, listed: Difference | undefined): Promise<{ theirs: Seen; ours: Seen }> {
  const settings: Settings = {
    url: simulator.url + (found.path ?? ''),
    token: found.token ?? TOKENS.all,
    throws: found.throws ?? false,
  }
  const isEndless = listed?.they === NEVER
  const theirs = await seenBy(officialClient(settings), found, isEndless ? NEVER_MS : SETTLES_WITHIN_MS)
  const client = ourClient(settings, isEndless ? NEVER_MS : SETTLES_WITHIN_MS)
  // A first 404 would make it ask whether the base URL is right.
  if (found.path === undefined && found.token === undefined) await client.call(PROOF)
  return { theirs, ours: await seenBy(client, found, 2 * SETTLES_WITHIN_MS) }
}

type Told = Pick<Difference, 'they' | 'we'>

/** `undefined` where both do the same. */
function differenceOf(
  { theirs, ours }: { theirs: Seen; ours: Seen },
  { ordered = true, counts }: Case,
): Told | undefined {
  const told = [
    (seen: Seen) => kindOf(seen.outcome),
    (seen: Seen) => wordsOf(seen.outcome).replace(/ with \d+$/, ' with the status'),
    (seen: Seen) => wordsOf(seen.outcome),
    (seen: Seen) => `asks for ${seen.paths.join(', ')}`,
    (seen: Seen) => (counts ? `requests: ${seen.requests}` : ''),
    (seen: Seen) => seen.look,
  ]
  const differing = told.find((tell) => tell(theirs) !== tell(ours))
  if (differing) return { they: differing(theirs), we: differing(ours) }
  return areAlike(theirs.outcome, ours.outcome, ordered)
    ? undefined
    : { they: 'other data', we: 'other data' }
}

const listedFor = (name: string) => DIFFERENCES.filter(({ cases }) => cases.test(name))

test.each(CASES.map((found) => [found.name, found] as const))(
  '%s',
  async (name, found) => {
    const [listed] = listedFor(name)
    const difference = differenceOf(await bothSee(found, listed), found)
    expect(difference).toEqual(listed && { they: listed.they, we: listed.we })
  },
  4 * SETTLES_WITHIN_MS,
)

test('the cases are named apart, strike with every fault that there is, and each has one listed difference at most', () => {
  const names = CASES.map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
  expect(FAULT_KINDS.filter((kind) => !CASES.some(({ fault }) => fault?.kind === kind))).toEqual([])
  expect(names.filter((name) => listedFor(name).length > 1)).toEqual([])
})

test('each listed difference has a case', () => {
  expect(DIFFERENCES.filter(({ cases }) => !CASES.some(({ name }) => cases.test(name)))).toEqual([])
})
