/**
 * I2: the recorded statuses of a build are the distinct consecutive ones of the answers that reached the record. Which
 * answers a fault kept from it cannot be known, only which it may have: so the answers are walked with a set of
 * possibilities (how many recorded lines they account for), and the record is right if one of them comes out even.
 */
import { excused } from './excused.js'
import {
  type BuildTruth,
  type Finding,
  groupBy,
  type History,
  type ServedAnswer,
  type TransitionLine,
} from './history.js'
import { recordedLines } from './recorded-lines.js'
import { createWanted, type Wanted } from './wanted.js'

export function checkTransitions(history: History): Finding[] {
  const recorded = recordedLines(history)
  const served = groupBy(history.answers, ({ build }) => build)
  const truths = new Map(history.builds.map((build) => [build.key, build]))
  const wanted = createWanted(history)
  return [...new Set([...recorded.keys(), ...truths.keys()])].flatMap((build) => {
    const lines = recorded.get(build) ?? []
    const numbering = checkNumbering(build, lines)
    if (numbering.length > 0) return numbering
    const answers = served.get(build) ?? []
    return checkAgainstAnswers(build, lines, weigh(answers, { truth: truths.get(build), wanted, history }))
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

interface Weighed extends ServedAnswer {
  /** A fault struck while it was in hand, an overlapping probe made it `stale`, or nobody may have wanted it. */
  readonly mayBeMissing: boolean
  /** An end that nobody need be told, if it is the first that is seen of the build. */
  readonly mayBeHistory: boolean
}

/** Without the answers that nobody wanted. */
function weigh(
  answers: readonly ServedAnswer[],
  { truth, wanted, history }: { truth: BuildTruth | undefined; wanted: Wanted; history: History },
): Weighed[] {
  if (!truth) return []
  const struck = excused(answers, history.faults)
  const mayBeHistory = wanted.telling(truth) !== 'must'
  const during = (from: number, until: number) => wanted.during(truth, { from, until })
  return answers.flatMap((answer, at) => {
    const { startedAt, endedAt } = answer
    const isWanted = during(startedAt, endedAt)
    // What is wanted again is not known to be recorded, until the record itself says so and drops the first answer.
    const wasWanted = during(answers[at - 1]?.startedAt ?? startedAt, startedAt)
    const mayBeMissing = isWanted === 'maybe' || wasWanted !== 'yes' || struck[at] === true
    return isWanted === 'no' ? [] : [{ ...answer, mayBeMissing, mayBeHistory }]
  })
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
  if (last ? last.concluded || matches(last, answer) : saysNothing(answer)) return [count]
  const mayPass = answer.mayBeMissing || (count === 0 && answer.concluded && answer.mayBeHistory)
  return [...(mayPass ? [count] : []), ...(next && matches(next, answer) ? [count + 1] : [])]
}

function saysNothing({ status, concluded }: ServedAnswer): boolean {
  return status === undefined && !concluded
}

/** An answer without a status leaves the last one standing. */
function matches(line: TransitionLine, { status, concluded }: ServedAnswer): boolean {
  return line.concluded === concluded && (status === undefined || line.to === status)
}
