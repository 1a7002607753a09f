/** Following builds straight against the API: one walk for each job or service, all on one allowance. */
import { newestOf } from '../core/choose-build.js'
import { type FollowedBuild, isAbsence, notYet, sighted } from '../core/followed-build.js'
import { type Look, lookOnce, newWays, type Ways } from '../core/look-once.js'
import { type Allowance, heldForMs, learnedAllowance, mayRetryNow } from '../core/watch-pace.js'
import { createPauses, type Pauses } from '../core/watch-pauses.js'
import { buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { durationWords } from '../domain/duration-words.js'
import { BuildwatchdError } from '../domain/errors.js'
import { LONGEST_TIMER_MS } from '../domain/longest-timer.js'
import type { BuildSource, Clock, Random, RateLimitFacts } from '../domain/ports.js'
import type { PollingRails } from '../domain/target.js'
import { pause } from '../queue/pause.js'
import type { Board } from './watch-board.js'

export interface ApiWatch {
  readonly source: BuildSource
  /** Named by the events. */
  readonly account: string
  readonly rails: PollingRails
  readonly clock: Clock
  readonly random: Random
}

/** Resolves when all builds have ended or `signal` fires. Rejects with what is no failure of a read. */
export async function watchViaApi(watch: ApiWatch, board: Board, signal: AbortSignal): Promise<void> {
  const refs = new Map<string, ResourceRef>()
  for (const { wanted } of board.open()) refs.set(resourceKey(wanted.ref), resourceOf(wanted.ref))
  const purse = createPurse(watch, board)
  await Promise.all(
    [...refs.values()].map((ref) =>
      followResource({
        ...watch,
        ref,
        board,
        signal,
        purse,
        ways: newWays(),
        pauses: createPauses(ref, watch),
      }),
    ),
  )
}

function resourceOf({ team, project, kind, resource }: ResourceRef): ResourceRef {
  return { ...(team === undefined ? {} : { team }), project, kind, resource }
}

type Purse = ReturnType<typeof createPurse>

/** What is known of the allowance, and the patience it asks for. */
function createPurse({ clock, random }: ApiWatch, board: Board) {
  let allowance: Allowance = {}
  return {
    allowance: () => allowance,
    mayRetry: async () => mayRetryNow(allowance, clock.now()),
    mayAsk: async () => heldForMs(allowance, clock.now()) === 0,
    learn(facts: RateLimitFacts): void {
      allowance = learnedAllowance(allowance, facts, { now: clock.now(), random: random() })
    },
    /** Until something may be asked. */
    async leave(signal: AbortSignal): Promise<void> {
      for (let ms = heldForMs(allowance, clock.now()); ms > 0; ms = heldForMs(allowance, clock.now())) {
        board.note('held', heldWords(allowance, ms))
        await pause(Math.min(ms, LONGEST_TIMER_MS), signal)
        if (signal.aborted) return
      }
    },
  }
}

function heldWords({ limit, remaining = 0 }: Allowance, ms: number): string {
  const of = limit === undefined ? '' : ` of ${limit}`
  return `the account has ${remaining} requests${of} left, which are left to others; it is asked again in ${durationWords(ms)}`
}

interface Walk extends ApiWatch {
  readonly ref: ResourceRef
  readonly board: Board
  readonly signal: AbortSignal
  readonly purse: Purse
  readonly ways: Ways
  readonly pauses: Pauses
}

async function followResource(walk: Walk): Promise<void> {
  const { signal, purse, board } = walk
  for (;;) {
    await purse.leave(signal)
    const open = openOf(walk)
    if (signal.aborted || open.length === 0) return
    const inMs = await step(open, walk)
    if (signal.aborted || openOf(walk).length === 0) return
    await pause(Math.min(inMs, untilGivenUpMs(walk), LONGEST_TIMER_MS), signal)
  }

  /** A build that is still away then is given up at the next look, which need not be late. */
  function untilGivenUpMs({ clock }: Walk): number {
    const away = openOf(walk).filter(({ trouble }) => trouble && isAbsence(trouble))
    const leftMs = away.map((build) => board.awaitedUntil(build) - clock.now())
    return Math.max(MIN_STEP_MS, Math.min(...leftMs))
  }
}

const MIN_STEP_MS = 100

function openOf({ board, ref }: Walk): FollowedBuild[] {
  return board.open().filter(({ wanted }) => resourceKey(wanted.ref) === resourceKey(ref))
}

/** Asks and writes down; answers after how long to ask again. */
async function step(open: readonly FollowedBuild[], walk: Walk): Promise<number> {
  const { source, signal, purse, rails, board, pauses } = walk
  const { mayRetry, mayAsk } = purse
  const onAnswer = async (facts: RateLimitFacts): Promise<void> => purse.learn(facts)
  const hooks = { signal, timeoutMs: rails.timeoutMs, mayRetry, mayAsk, onAnswer }
  try {
    const look = await lookOnce({ ref: walk.ref, open }, walk.ways, { source, hooks })
    const usual = pauses.learn(look)
    if (usual) for (const build of open) board.learned(build, usual)
    for (const build of open) writeDown(build, look, walk)
    return pauses.afterAnswer(openOf(walk), purse.allowance())
  } catch (error) {
    if (signal.aborted) return 0
    if (!(error instanceof BuildwatchdError)) throw error
    for (const build of open) board.missed(build, error)
    return pauses.afterFailure(error)
  }
}

function writeDown(build: FollowedBuild, look: Look, { board, account }: Walk): void {
  const { ref, wanted } = build
  const snapshot =
    ref === undefined && wanted.kind === 'newest'
      ? newestOf(look.snapshots, wanted.choice)
      : look.snapshots.find((each) => ref !== undefined && buildKey(each.ref) === buildKey(ref))
  const reason = ref === undefined ? notYet(build, board.appearMs) : look.unseen.get(buildKey(ref))
  if (snapshot) board.put(build, sighted(build, snapshot, account))
  else if (reason) board.missed(build, reason)
}
