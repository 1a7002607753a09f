import { ApiError, BuildwatchdError, type ErrorCode } from '../domain/errors.js'
import type { Outcome } from '../domain/outcome.js'

/** What the exit code of a command says. */
export const EXIT = {
  done: 0,
  /** The build failed, crashed, was refused, or ended unknown. */
  buildFailed: 1,
  usage: 2,
  buildAborted: 3,
  denied: 4,
  notFound: 5,
  unreachable: 6,
  internal: 70,
  /** The time was up while the last answer was good. */
  timedOut: 124,
} as const

interface ExitMeaning {
  readonly code: number
  readonly says: string
  readonly note?: string
  /** The only commands of which `says` holds; absent: it holds of all. */
  readonly of?: readonly string[]
  /** What it says of other commands. */
  readonly elsewhere?: Readonly<Record<string, string>>
}

const READS = ['get job build', 'get service build']

/** For help, manual and docs/cli.md. The codes of signals are those that shells give: 128 and the number of the signal. */
export const EXIT_MEANINGS: readonly ExitMeaning[] = [
  {
    code: EXIT.done,
    says: 'done',
    elsewhere: {
      watch: 'every build that was watched is a `success`',
      ...Object.fromEntries(
        READS.map((read) => [
          read,
          'done; with `--exit-status`: the build is a `success`, or has not concluded',
        ]),
      ),
    },
  },
  {
    code: EXIT.buildFailed,
    says: 'the build ended as `failure`, `crashed`, `submission_failure` or `unknown`',
    note: '`get` with `--exit-status` only',
    of: READS,
    elsewhere: {
      watch: 'a build ended as `failure`, `crashed`, `submission_failure` or `unknown`',
      health: 'no daemon is live',
      'notify test': 'it was refused for good',
    },
  },
  {
    code: EXIT.usage,
    says: 'the command line, the settings or the server they name are wrong',
    note: 'trying again does not help',
  },
  {
    code: EXIT.buildAborted,
    says: 'the build was `aborted`',
    note: '`get` with `--exit-status` only',
    of: READS,
    elsewhere: { watch: 'a build was `aborted`' },
  },
  { code: EXIT.denied, says: 'unauthorized or forbidden' },
  { code: EXIT.notFound, says: 'not found' },
  {
    code: EXIT.unreachable,
    says: 'unreachable, timed out, throttled, or no usable answer',
    note: 'trying again may help',
  },
  {
    code: EXIT.internal,
    says: 'a defect, or the embedded Valkey has ended',
    note: 'please report it',
  },
  {
    code: EXIT.timedOut,
    says: 'the time of `--timeout` was up, and the last answer was good',
    of: ['watch'],
  },
  { code: 130, says: 'ended by Ctrl-C: the first one, or the second to `run` and `demo`' },
  { code: 143, says: 'ended by SIGTERM: the first one, or the second to `run` and `demo`' },
]

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  API_UNAUTHORIZED: EXIT.denied,
  API_FORBIDDEN: EXIT.denied,
  API_NOT_FOUND: EXIT.notFound,
  NOT_RECORDED: EXIT.notFound,
  WATCH_TIMED_OUT: EXIT.timedOut,
  API_WRONG_ROUTE: EXIT.usage,
  REDIS_UNREACHABLE: EXIT.unreachable,
  EMBEDDED_FAILED: EXIT.internal,
  INTERNAL: EXIT.internal,
}

export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof BuildwatchdError)) return EXIT.internal
  return BY_CODE[error.code] ?? (error instanceof ApiError ? EXIT.unreachable : EXIT.usage)
}

export function exitCodeOfOutcome(outcome: Outcome): number {
  if (outcome === 'success') return EXIT.done
  return outcome === 'aborted' ? EXIT.buildAborted : EXIT.buildFailed
}

/** The code's meaning for one command, `get job build`; absent where the command never ends so. */
export function exitMeaningFor(path: string, { says, note, of, elsewhere }: ExitMeaning): string | undefined {
  const other = elsewhere?.[path]
  if (other !== undefined) return other
  return of === undefined || of.includes(path) ? [says, note ?? []].flat().join('; ') : undefined
}

/** Of several ends the one that says most; whatever is not among these comes last. */
const WORST_FIRST: readonly number[] = [
  EXIT.buildFailed,
  EXIT.buildAborted,
  EXIT.timedOut,
  EXIT.denied,
  EXIT.notFound,
  EXIT.unreachable,
]

/** 0 only where all are. */
export function worstExitCode(codes: readonly number[]): number {
  const bad = codes.filter((code) => code !== EXIT.done)
  return WORST_FIRST.find((code) => bad.includes(code)) ?? bad[0] ?? EXIT.done
}
