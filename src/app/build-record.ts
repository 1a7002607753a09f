/** What stands in Redis of the builds that somebody waits for, written on the board. */
import { type FollowedBuild, heard, nameOf, sighted, takenOver, unchanged } from '../core/followed-build.js'
import { usualOf } from '../core/usual-durations.js'
import { buildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { accountOf, type BuildEvent } from '../domain/event.js'
import { snapshotOf } from '../northflank/snapshot-of.js'
import { readLastTransition, readTransitionsAfter } from '../store/build-transitions.js'
import { type KnownBuild, readDurations } from '../store/known-builds.js'
import type { RedisAccess } from './redis-access.js'
import { knownOf } from './redis-coverage.js'
import type { Board } from './watch-board.js'

/** Rejects as every Redis call does. */
export async function readRecords(access: RedisAccess, board: Board): Promise<void> {
  for (const build of board.open()) await readRecord(build, access, board)
}

async function readRecord(build: FollowedBuild, access: RedisAccess, board: Board): Promise<void> {
  const known = await knownOf(build, access)
  if (known === undefined) {
    board.missed(build, nothingRecorded(build))
    return
  }
  if (known.recorded.seq === build.recorded.seq && !known.recorded.concluded) {
    board.put(build, { build: unchanged({ ...build, ref: known.ref }) })
    return
  }
  const events = await eventsOf(known, build, access)
  let before = build
  for (const event of events) {
    const after = heard(before, known.ref, event)
    board.put(before, after)
    before = after.build
  }
  if (known.recorded.concluded && before.end === undefined) putSilentEnd(known, before, board)
  // Redis has lost its data and counts anew: nothing to tell, but it is there.
  else if (events.length === 0) board.put(build, { build: unchanged({ ...build, ref: known.ref }) })
}

/** To be read before anything else where the API has been asked until now. Rejects as every Redis call does. */
export async function takeOver(access: RedisAccess, board: Board): Promise<void> {
  for (const build of board.open().filter(({ event }) => event !== undefined)) {
    const known = await knownOf(build, access)
    if (known && known.recorded.seq > 0) board.put(build, { build: takenOver(build, known.recorded) })
  }
}

/** What came behind the last that was told; whoever has just come is told where it stands, not how it came there. */
function eventsOf({ ref }: KnownBuild, build: FollowedBuild, access: RedisAccess): Promise<BuildEvent[]> {
  const { seq } = build.recorded
  return seq === 0
    ? readLastTransition(buildKey(ref), access)
    : readTransitionsAfter(buildKey(ref), seq, access)
}

/** It had concluded before the daemon watched, which told nobody; or its transitions are gone. */
function putSilentEnd({ ref, recorded }: KnownBuild, before: FollowedBuild, board: Board): void {
  const { latest, changedAt = Date.now() } = recorded
  if (latest === undefined) return
  const snapshot = snapshotOf({ ref, build: { ...latest, concluded: true }, observedAt: changedAt })
  const account = before.event === undefined ? 'default' : accountOf(before.event)
  board.put(before, sighted(before, snapshot, account))
}

function nothingRecorded(build: FollowedBuild): BuildwatchdError {
  const message = `Redis holds nothing of ${nameOf(build)}; check it against buildwatchd status, or ask with --via api`
  return new BuildwatchdError('NOT_RECORDED', message, { retryable: true })
}

/** Rejects as every Redis call does. */
export async function readUsual(access: RedisAccess, board: Board): Promise<void> {
  for (const build of board.open()) {
    const usual = usualOf(await readDurations(build.wanted.ref, access))
    if (usual) board.learned(build, usual)
  }
}
