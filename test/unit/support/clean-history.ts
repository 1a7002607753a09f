/**
 * A run in which nothing went wrong: two builds of one line, each served twice in every status; one that had ended before,
 * one that nobody wants, one that still runs; a token that was revoked for a while, and a reload of other watches.
 */
import { createHash } from 'node:crypto'
import { checkHistory } from '../../support/history-checker/check-history.js'
import type {
  Attempt,
  BuildTruth,
  Exchange,
  Fault,
  History,
  LineFacts,
  LoggedLine,
  Notice,
  TransitionLine,
  WatchTruth,
} from '../../support/history-checker/history.js'

export const NIGHTLY = 'shop/jobs/nightly'
export const WEEKLY = 'shop/jobs/weekly'
export const GOOD = `${NIGHTLY}/quick-fox-1`
export const BAD = `${NIGHTLY}/brave-lion-2`
export const OLD = `${NIGHTLY}/old-owl-0`
export const UNWANTED = `${NIGHTLY}/idle-cat-3`
const RUNNING = `${NIGHTLY}/slow-ox-4`
export const SECRET = 'token/of+the?account'
export const ACCOUNT = 'accounts/default'
export const EVERY_MS = 2000

const ROUTES = [
  { to: 'hook', on: ['concluded'] },
  { to: 'console', on: ['transitioned', 'unauthorized', 'recovered'] },
]
const FEED: WatchTruth = {
  resource: NIGHTLY,
  branches: ['main', 'release/*', '!release/old-*'],
  pullRequests: 'with',
  minIntervalMs: EVERY_MS,
}

export function iso(at: number): string {
  return new Date(at).toISOString()
}

/** `WORD`s, the last one the end; seconds apart, each served twice. */
function walk(
  build: string,
  words: readonly string[],
  end: { readonly outcome: string; readonly createdAt: number; readonly facts: LineFacts },
) {
  const endedAt = (words.length - 1) * 2 * EVERY_MS
  const lines = words.map((to, step): LoggedLine => {
    const concluded = step === words.length - 1
    const id = `${build}#${concluded ? 'concluded' : to}`
    const at = step * 2 * EVERY_MS
    const told = { build, id, seq: step + 1, to, concluded, routes: ROUTES, at, observedAt: at + 5 }
    return concluded ? { ...told, outcome: end.outcome, line: 'branch/main', ...end.facts } : told
  })
  const answers = words.flatMap((status, step) => {
    const concluded = step === words.length - 1
    return [0, EVERY_MS].map((later) => {
      const startedAt = step * 2 * EVERY_MS + later
      return { build, status, concluded, startedAt, endedAt: startedAt + 10, probeAt: startedAt }
    })
  })
  const truth: BuildTruth = {
    key: build,
    branch: 'main',
    createdAt: end.createdAt,
    outcome: end.outcome,
    concludedAt: endedAt,
  }
  return { truth, lines, answers, attempts: lines.flatMap((line) => attemptsFor(line, line.at + 100)) }
}

function attemptsFor({ id, concluded }: LoggedLine, startedAt: number): Attempt[] {
  const hook = attempt('hook', id, startedAt)
  const refusedFirst = [
    { ...hook, accepted: false },
    { ...hook, startedAt: startedAt + 3000 },
  ]
  return [attempt('console', id, startedAt), ...(concluded ? refusedFirst : [])]
}

function attempt(notifier: string, eventId: string, startedAt: number): Attempt {
  const told = { notifier, startedAt, accepted: true, eventId, body: `body of ${eventId}` }
  if (notifier === 'console') return told
  const key = createHash('sha256')
    .update(JSON.stringify(['v1', eventId, notifier]))
    .digest('base64url')
  return { ...told, key }
}

const REVOKED: Fault = {
  kind: 'token_revoked',
  from: 12_000,
  until: 18_000,
  troubles: { trouble: 'unauthorized', subjects: [ACCOUNT], lasting: true },
}
export const NOTICES: readonly Notice[] = (['troubled', 'recovered'] as const).map((kind) => ({
  id: `${ACCOUNT}!${kind === 'troubled' ? 'unauthorized' : kind}.1`,
  kind,
  subject: ACCOUNT,
  trouble: 'unauthorized',
  episode: 1,
  at: kind === 'troubled' ? 17_500 : 18_500,
  routes: ROUTES,
}))

/** Both feeds, every two seconds; refused while the token is revoked. */
function exchanges(): Exchange[] {
  return Array.from({ length: 10 }, (_, at) => at * EVERY_MS).flatMap((startedAt) =>
    [NIGHTLY, WEEKLY].map((lists) => {
      const isRevoked = startedAt >= REVOKED.from && startedAt < REVOKED.until
      const facts = { account: 'default', lists, startedAt, endedAt: startedAt + 10 }
      return { ...facts, status: isRevoked ? 401 : 200, good: !isRevoked }
    }),
  )
}

function versions(): History['versions'] {
  const weekly: WatchTruth = { ...FEED, resource: WEEKLY, branches: [] }
  const added: WatchTruth = { ...FEED, resource: 'shop/services/api', pullRequests: 'only' }
  return [
    { from: -500, until: -100, watches: [FEED, weekly] },
    { from: 5000, until: 5600, watches: [FEED, weekly, added] },
  ]
}

function cleanHistory(): History {
  const before = { verdict: 'still_passing', consecutive: 2, since: iso(-5000) }
  const good = walk(GOOD, ['QUEUED', 'BUILDING', 'SUCCESS'], {
    outcome: 'success',
    createdAt: -200,
    facts: before,
  })
  const broke = { verdict: 'broke', consecutive: 1, since: iso(8000) }
  const bad = walk(BAD, ['BUILDING', 'UPLOADING', 'CRASHED'], {
    outcome: 'crashed',
    createdAt: -100,
    facts: broke,
  })
  const walks = [good, bad]
  const old = { build: OLD, status: 'SUCCESS', concluded: true, startedAt: 0, endedAt: 10, probeAt: 0 }
  const unwanted = { ...old, build: UNWANTED, startedAt: 8000, endedAt: 8010, probeAt: 8000 }
  const events = walks.flatMap(({ lines }) => lines)
  return {
    builds: [
      ...walks.map(({ truth }) => truth),
      { key: OLD, branch: 'main', createdAt: -9000, outcome: 'success', concludedAt: -5000 },
      { key: UNWANTED, branch: 'release/old-1', createdAt: 3000, outcome: 'failure', concludedAt: 6000 },
      { key: RUNNING, branch: 'main', createdAt: 9000 },
    ],
    versions: versions(),
    answers: [old, ...walks.flatMap(({ answers }) => answers), unwanted],
    exchanges: exchanges(),
    windows: [{ account: 'default', startedAt: 0, resetsAt: 20_000, requests: 20, limit: 40, reserve: 20 }],
    events,
    notices: NOTICES,
    transitions: events.map(asTransition),
    hashes: new Map([
      ...walks.map(({ lines }) => [lines[0]?.build ?? '', hashOf(lines.at(-1))] as const),
      [
        OLD,
        {
          seq: '0',
          history: 'true',
          concluded: 'true',
          outcome: 'success',
          time: iso(-5000),
          observedAt: iso(5),
        },
      ],
    ]),
    ledger: [...events.flatMap(rowsFor), ...NOTICES.map(({ id }) => accepted(id, 'console'))],
    attempts: [
      ...walks.flatMap(({ attempts }) => attempts),
      ...NOTICES.map(({ id, at }) => attempt('console', id, at + 10)),
    ],
    faults: [REVOKED],
    reloads: [{ from: 5000, until: 5600, asked: 'nightly weekly api', inForce: 'nightly weekly api' }],
    texts: [
      { where: 'redis', name: `{buildwatch}:build:${GOOD}`, text: 'seq 3' },
      { where: 'log', name: 'daemon 1', text: '{"level":"info","msg":"watching"}' },
      { where: 'attempts', name: `${GOOD}#concluded`, text: `body of ${GOOD}#concluded` },
    ],
    secrets: [SECRET],
  }
}

export function asTransition({ build, id, seq, to, concluded, outcome }: LoggedLine): TransitionLine {
  return { build, id, seq, to, concluded, ...(outcome === undefined ? {} : { outcome }) }
}

function hashOf(line: LoggedLine | undefined): Record<string, string> {
  if (!line) return {}
  const { id, seq, to, outcome = '', verdict = '' } = line
  return { id, seq: String(seq), status: to ?? '', concluded: 'true', outcome, verdict, latest: '{}' }
}

function rowsFor({ id, concluded }: LoggedLine) {
  return (concluded ? ['hook', 'console'] : ['console']).map((notifier) => accepted(id, notifier))
}

function accepted(eventId: string, notifier: string) {
  return { id: `${eventId}->${notifier}`, state: 'accepted' }
}

export const CLEAN = cleanHistory()

/** The run without the second step of the first build, in log and stream and all that follows from them. */
export const WITHOUT_STEP = withoutStep()

function withoutStep() {
  const step = `${GOOD}#BUILDING`
  const events = CLEAN.events
    .filter(({ id }) => id !== step)
    .map((line) => (line.build === GOOD && line.seq === 3 ? { ...line, seq: 2 } : line))
  return {
    events,
    transitions: events.map(asTransition),
    ledger: CLEAN.ledger.filter(({ id }) => !id.startsWith(step)),
    attempts: CLEAN.attempts.filter(({ eventId }) => eventId !== step),
    hashes: new Map([...CLEAN.hashes, [GOOD, { ...CLEAN.hashes.get(GOOD), seq: '2' }]]),
  } satisfies Partial<History>
}

/** What the checker finds when the clean run is changed so, as `I1 lost in events`. */
export function findings(change: Partial<History> = {}): string[] {
  return checkHistory({ ...CLEAN, ...change }).map(
    ({ invariant, kind, where }) => `${invariant} ${kind} in ${where}`,
  )
}

/** The run with one build's event changed, where it is logged. */
export function withEvent(id: string, change: Partial<LoggedLine>): Pick<History, 'events'> {
  return { events: CLEAN.events.map((line) => (line.id === id ? { ...line, ...change } : line)) }
}
