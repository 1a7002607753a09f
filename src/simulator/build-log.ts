import { historyOf } from './status-walk.js'
import type { SimulatedBuild } from './world.js'

/** One line as the API shows it. */
export interface LogEntry {
  readonly containerId: string
  readonly log: string
  /** ISO 8601. */
  readonly ts: string
}

/** What a build has printed up to `now`, oldest first: its own lines where its script has some, before the end. */
export function buildLog(build: SimulatedBuild, now: number): LogEntry[] {
  const { ref, branch, sha, walk, concludedAt, log = [] } = build
  const states = historyOf(walk).flatMap(({ status, at }) =>
    status === undefined ? [] : [{ at, text: status }],
  )
  const own = log.map((text) => ({ at: concludedAt, text }))
  const lines = [{ at: build.createdAt, text: `Building ${branch} at ${sha.slice(0, 12)}` }, ...states]
  const ended = lines.filter(({ at }) => at >= concludedAt)
  const all = [...lines.filter(({ at }) => at < concludedAt), ...own, ...ended]
  return all
    .filter(({ at }) => at <= now)
    .map(({ at, text }) => ({ containerId: `build-${ref.build}`, log: text, ts: new Date(at).toISOString() }))
}
