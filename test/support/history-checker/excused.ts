import { type Fault, faultsAround, type ServedAnswer } from './history.js'

/** Whether each answer about one build may have been kept from the record. */
export function excused(answers: readonly ServedAnswer[], faults: readonly Fault[]): boolean[] {
  return answers.map(
    (answer) =>
      faultsAround({ from: answer.startedAt, until: answer.endedAt }, faults).length > 0 ||
      // A probe of the same build that overlapped it made it `stale`.
      answers.some((other) => other !== answer && overlap(answer, other)),
  )
}

function overlap(a: ServedAnswer, b: ServedAnswer): boolean {
  return a.startedAt < b.endedAt && b.startedAt < a.endedAt
}
