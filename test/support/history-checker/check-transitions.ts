/**
 * I2: the recorded statuses of a build are the distinct consecutive ones of the answers that reached the record. Which
 * answers a fault kept from it cannot be known, only which it may have: so the answers are walked with a set of
 * possibilities (how many recorded lines they account for), and the record is right if one of them comes out even.
 */
import {
  type Fault,
  type Finding,
  faultsAround,
  groupBy,
  type History,
  type ServedAnswer,
  type TransitionLine,
} from './history.js'
import { recordedLines } from './recorded-lines.js'

export function checkTransitions(history: History): Finding[] {
  const recorded = recordedLines(history)
  const served = groupBy(history.answers, ({ build }) => build)
  const watched = new Set(history.builds.filter((build) => build.watched).map(({ key }) => key))
  return [...new Set([...recorded.keys(), ...watched])].flatMap((build) => {
    const lines = recorded.get(build) ?? []
    const numbering = checkNumbering(build, lines)
    if (numbering.length > 0) return numbering
    return checkAgainstAnswers(build, lines, excuse(served.get(build) ?? [], history.faults))
  })
}

function checkNumbering(build: string, lines: readonly TransitionLine[]): Finding[] {
  const finding = (kind: Finding['kind'], detail: string): Finding => ({
    invariant: 'I2',
    kind,
    where: 'transitions',
    subject: build,
    detail,
  })
  return lines.flatMap(({ seq }, at): Finding[] => {
    const before = lines[at - 1]
    if (before?.concluded) return [finding('unexpected', `seq ${seq} follows the end`)]
    const expected = (before?.seq ?? 0) + 1
    if (seq === expected) return []
    return [
      seq < expected
        ? finding('duplicated', `seq ${seq} twice`)
        : finding('lost', `nothing at seq ${expected}`),
    ]
  })
}

/** An answer, and whether it may have been kept from the record. */
interface Weighed extends ServedAnswer {
  readonly mayBeMissing: boolean
}

/** A fault that struck while it was in hand, or a probe of the same build that overlapped it and made it `stale`. */
function excuse(answers: readonly ServedAnswer[], faults: readonly Fault[]): Weighed[] {
  return answers.map((answer) => ({
    ...answer,
    mayBeMissing:
      faultsAround({ from: answer.startedAt, until: answer.endedAt }, faults).length > 0 ||
      answers.some((other) => other !== answer && overlap(answer, other)),
  }))
}

function overlap(a: ServedAnswer, b: ServedAnswer): boolean {
  return a.startedAt < b.endedAt && b.startedAt < a.endedAt
}

function checkAgainstAnswers(
  build: string,
  lines: readonly TransitionLine[],
  answers: readonly Weighed[],
): Finding[] {
  if (accountsFor(lines, answers)) return []
  const finding = (kind: Finding['kind'], detail: string): Finding[] => [
    { invariant: 'I2', kind, where: 'transitions', subject: build, detail },
  ]
  const invented = lines.find((line) => !answers.some((answer) => matches(line, answer)))
  if (invented) return finding('unexpected', `${invented.to} was never served`)
  const missing = answers.find(
    (answer) => !answer.mayBeMissing && !lines.some((line) => matches(line, answer)),
  )
  // A missing end is a finding of I1.
  if (missing)
    return missing.concluded ? [] : finding('lost', `${missing.status} was served and not recorded`)
  const words = (list: readonly (string | null | undefined)[]): string => list.join(' ')
  const to = words(lines.map((line) => line.to))
  return finding('reordered', `recorded ${to}; served ${words(answers.map(({ status }) => status))}`)
}

function accountsFor(lines: readonly TransitionLine[], answers: readonly Weighed[]): boolean {
  let possible = new Set([0])
  for (const answer of answers) {
    possible = new Set([...possible].flatMap((count) => following(count, answer, lines)))
  }
  return possible.has(lines.length)
}

/** How many lines may be accounted for after this answer, if `count` were before it. */
function following(count: number, answer: Weighed, lines: readonly TransitionLine[]): number[] {
  const [last, next] = [lines[count - 1], lines[count]]
  const changesNothing =
    last?.concluded || (last && matches(last, answer)) || (answer.status === undefined && !answer.concluded)
  if (changesNothing) return [count]
  return [...(answer.mayBeMissing ? [count] : []), ...(next && matches(next, answer) ? [count + 1] : [])]
}

/** An answer without a status leaves the last one standing. */
function matches(line: TransitionLine, { status, concluded }: ServedAnswer): boolean {
  return line.concluded === concluded && (status === undefined || line.to === status)
}
