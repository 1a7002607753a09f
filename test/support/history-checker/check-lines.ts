/** What the end of each build says of its line, held against a plain model that walks the ends as they were recorded. */
import type { Finding, History, LineFacts, LoggedLine } from './history.js'
import { type LineEnd, lineEnds, lineNameOf } from './line-ends.js'

/** Lines with a build in `amiss` are left alone: where an end is lost, or told wrongly, all that follow say otherwise. */
export function checkLines(history: History, amiss: ReadonlySet<string>): Finding[] {
  const blurred = new Set(history.builds.filter(({ key }) => amiss.has(key)).map(lineNameOf))
  return [...lineEnds(history)]
    .filter(([line]) => !blurred.has(line))
    .flatMap(([line, ends]) => [...checkVerdicts(line, ends), ...checkAlternation(line, ends)])
}

/** The newest build that passed or failed. */
interface Head {
  readonly build: string
  readonly createdAt: number
  readonly passed: boolean
  readonly consecutive: number
  readonly sinceAt: number
}

const PASSED = new Set(['success'])
const FAILED = new Set(['failure', 'crashed', 'submission_failure'])

function checkVerdicts(line: string, ends: readonly LineEnd[]): Finding[] {
  const findings: Finding[] = []
  let head: Head | undefined
  for (const end of ends) {
    const { facts, next } = after(head, end)
    head = next
    const { event } = end
    if (!event) continue
    const expected = { ...facts, line: line.slice(line.indexOf(' ') + 1) }
    const wrong = differences(event, expected)
    if (wrong.length > 0) findings.push(finding(event.id, wrong.join(', ')))
  }
  return findings
}

function after(head: Head | undefined, end: LineEnd): { facts: LineFacts; next: Head | undefined } {
  const { build, createdAt, at, outcome } = end
  const passed = PASSED.has(outcome)
  if (!passed && !FAILED.has(outcome)) return { facts: {}, next: head }
  if (!head) {
    const facts = { verdict: passed ? 'first_passed' : 'first_failed', consecutive: 1, since: iso(at) }
    return { facts, next: { build, createdAt, passed, consecutive: 1, sinceAt: at } }
  }
  if (head.build === build) return { facts: {}, next: head }
  if (createdAt < head.createdAt) return { facts: { superseded: true }, next: head }
  const isSame = head.passed === passed
  const consecutive = isSame ? head.consecutive + 1 : 1
  const sinceAt = isSame ? head.sinceAt : at
  const row = { verdict: verdictOf(head.passed, passed), consecutive, since: iso(sinceAt) }
  const red = { redForMs: Math.max(0, at - head.sinceAt), redBuilds: head.consecutive }
  const facts = row.verdict === 'fixed' ? { ...row, ...red } : row
  return { facts, next: { build, createdAt, passed, consecutive, sinceAt } }
}

function verdictOf(before: boolean, now: boolean): string {
  if (before) return now ? 'still_passing' : 'broke'
  return now ? 'fixed' : 'still_failing'
}

const FIELDS = [
  'line',
  'verdict',
  'consecutive',
  'since',
  'superseded',
  'redForMs',
  'redBuilds',
] as const satisfies readonly (keyof LoggedLine)[]

function differences(told: LoggedLine, expected: LineFacts & { readonly line: string }): string[] {
  const right: Partial<Pick<LoggedLine, (typeof FIELDS)[number]>> = expected
  return FIELDS.filter((field) => told[field] !== right[field]).map(
    (field) => `${field} is ${told[field]}, should be ${right[field]}`,
  )
}

/** Whatever else is wrong: nobody breaks what is broken, or fixes what is not. */
function checkAlternation(line: string, ends: readonly LineEnd[]): Finding[] {
  const turns = ends.flatMap(({ event }) =>
    event?.verdict === 'broke' || event?.verdict === 'fixed' ? [event] : [],
  )
  const repeated = turns.find(({ verdict }, at) => verdict === turns[at - 1]?.verdict)
  return repeated ? [finding(repeated.id, `${repeated.verdict} twice in a row on ${line}`)] : []
}

function finding(subject: string, detail: string): Finding {
  return { invariant: 'lines', kind: 'mismatch', where: 'events', subject, detail }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}
