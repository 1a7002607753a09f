/** What stands in Redis of the builds that somebody waits for, written on the board. */
import { type FollowedBuild, heard, nameOf, newsIn, onRecord, sighted } from '../core/followed-build.js'
import { usualOf } from '../core/usual-durations.js'
import { buildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { accountOf } from '../domain/event.js'
import { snapshotOf } from '../northflank/snapshot-of.js'
import { readTransitions } from '../store/build-transitions.js'
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
  const { seq, concluded } = known.recorded
  const isRead = seq === build.readSeq && !concluded
  const events = isRead ? [] : newsIn(build, await readTransitions(buildKey(known.ref), access))
  let before = onRecord(build, known, Date.now())
  board.put(build, { build: before })
  for (const event of events) {
    const after = heard(before, known.ref, event)
    board.put(before, after)
    before = after.build
  }
  if (concluded && before.end === undefined) putSilentEnd(known, before, board)
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
