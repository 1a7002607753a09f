/** The rules of lines and of the record once more, in plain words, to hold the record script against. */
import { isoInstant } from '../../../src/domain/instant.js'
import type { Outcome } from '../../../src/domain/outcome.js'
import type { RecordResult } from '../../../src/domain/ports.js'
import { minute } from './ended-builds.js'

export interface ModelBuild {
  readonly build: string
  readonly outcome: Outcome
  /** Minutes. */
  readonly created: number | undefined
  readonly ended: number
  readonly branch: string
}

/** As the build hash has it: texts. */
export type Said = Readonly<Record<string, string | undefined>>

interface Answer {
  readonly kind: RecordResult['kind']
  readonly says: Said
}

/** All builds that moved a line, in the order in which they did. */
type Movers = { readonly build: ModelBuild; readonly created: number }[]

export type LineModel = ReturnType<typeof createLineModel>

export function createLineModel() {
  const states = new Map<string, { state: 'running' | 'told' | 'history'; seq: number }>()
  const lines = new Map<string, Movers>()
  const lengths = new Map<string, number>()
  const only = (kind: RecordResult['kind']): Answer => ({ kind, says: {} })

  function conclude(build: ModelBuild): Answer {
    if (build.created !== undefined && build.ended >= build.created)
      lengths.set(build.build, (build.ended - build.created) * 60_000)
    return { kind: 'recorded', says: move(build) }
  }

  function move(build: ModelBuild): Said {
    if (build.outcome === 'aborted' || build.outcome === 'unknown') return {}
    const line = lines.get(build.branch) ?? []
    const newest = line.at(-1)
    // It says what it said when it came there.
    if (newest?.build.build === build.build) return verdictOf(line.slice(0, -1), newest.build)
    if (build.created === undefined || (newest && build.created < newest.created))
      return { superseded: 'true' }
    lines.set(build.branch, [...line, { build, created: build.created }])
    return verdictOf(line, build)
  }

  return {
    start({ build }: ModelBuild): Answer {
      const known = states.get(build)
      if (known?.state === 'told') return only('concluded')
      if (known?.state === 'running') return only('unchanged')
      states.set(build, { state: 'running', seq: 1 })
      return only('recorded')
    },
    end(build: ModelBuild): Answer {
      const known = states.get(build.build)
      if (known?.state === 'told') return only(known.seq === 1 ? 'unchanged' : 'concluded')
      states.set(build.build, { state: 'told', seq: known?.state === 'running' ? 2 : 1 })
      return conclude(build)
    },
    history(build: ModelBuild): Answer {
      const known = states.get(build.build)
      if (known?.state === 'running') return only('stale')
      if (known) return only(known.state === 'told' ? 'concluded' : 'unchanged')
      states.set(build.build, { state: 'history', seq: 0 })
      return conclude(build)
    },
    /** Answers whether there was anything that could expire. */
    lose({ build }: ModelBuild): boolean {
      const known = states.get(build)
      return known !== undefined && known.state !== 'running' && states.delete(build)
    },
    running: (): string[] =>
      [...states].flatMap(([build, { state }]) => (state === 'running' ? [build] : [])).sort(),
    durations: () => ({ count: lengths.size, longestMs: Math.max(0, ...lengths.values()) }),
    headOf: (branch: string): string | undefined => lines.get(branch)?.at(-1)?.build.build,
    /** By line. */
    heads: (): Map<string, object> =>
      new Map([...lines].map(([branch, line]) => [`branch/${branch}`, headOf(line)])),
  }
}

const hasPassed = ({ outcome }: ModelBuild): boolean => outcome === 'success'

/** The builds at the end of a line that all went the same way. */
function rowOf(line: Movers): Movers {
  const last = line.at(-1)
  const others = line.findLastIndex(({ build }) => last && hasPassed(build) !== hasPassed(last.build))
  return line.slice(others + 1)
}

function verdictOf(before: Movers, build: ModelBuild): Said {
  const row = rowOf([...before, { build, created: build.created ?? 0 }])
  const passed = hasPassed(build)
  const said = { consecutive: String(row.length), since: isoInstant(sinceOf(row)) }
  const failing = passed ? {} : firstOf(row)
  if (before.length === 0) return { ...said, ...failing, verdict: passed ? 'first_passed' : 'first_failed' }
  if (row.length > 1) return { ...said, ...failing, verdict: passed ? 'still_passing' : 'still_failing' }
  if (!passed) return { ...said, ...failing, verdict: 'broke' }
  const red = rowOf(before)
  const redForMs = Math.max(0, minute(build.ended) - sinceOf(red))
  const wasRed = { redForMs: String(redForMs), redBuilds: String(red.length) }
  return { ...said, ...firstOf(red), ...wasRed, verdict: 'fixed' }
}

function firstOf([first]: Movers): Said {
  return { firstFailedBuild: first?.build.build }
}

function sinceOf([first]: Movers): number {
  return minute(first?.build.ended ?? 0)
}

function headOf(line: Movers): object {
  const { build, created = 0 } = line.at(-1) ?? {}
  const row = rowOf(line)
  return {
    build: build?.build,
    createdAt: minute(created),
    result: build && hasPassed(build) ? 'passed' : 'failed',
    outcome: build?.outcome,
    consecutive: row.length,
    sinceAt: sinceOf(row),
  }
}
