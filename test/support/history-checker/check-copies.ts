/** What the event log and the builds' own streams owe to each other: the same lines, each once, in order. */
import { type Finding, groupBy, type History, type TransitionLine } from './history.js'
import { recordedLines } from './recorded-lines.js'

type Place = 'events' | 'transitions'

/** Terminal lines that the event log lacks or repeats are left to the check of I1. */
export function checkCopies(history: History): Finding[] {
  const recorded = recordedLines(history)
  return [
    ...checkPlace('events', history.events, recorded),
    ...checkPlace('transitions', history.transitions, recorded),
  ]
}

function checkPlace(
  where: Place,
  lines: readonly TransitionLine[],
  recorded: ReadonlyMap<string, readonly TransitionLine[]>,
): Finding[] {
  const held = groupBy(lines, ({ build }) => build)
  return [...recorded].flatMap(([build, all]) => {
    const here = held.get(build) ?? []
    return [...checkCounts(where, here, all), ...checkOrder(where, build, here)]
  })
}

function checkCounts(
  where: Place,
  here: readonly TransitionLine[],
  all: readonly TransitionLine[],
): Finding[] {
  return all
    .filter(({ concluded }) => where === 'transitions' || !concluded)
    .flatMap(({ id }): Finding[] => {
      const times = here.filter((line) => line.id === id).length
      if (times === 1) return []
      const kind = times === 0 ? 'lost' : 'duplicated'
      return [{ invariant: 'I2', kind, where, subject: id, detail: `stands there ${times} times` }]
    })
}

/** Repeats are not out of order. */
function checkOrder(where: Place, build: string, here: readonly TransitionLine[]): Finding[] {
  const late = here.find((line, at) => line.seq < (here[at - 1]?.seq ?? 0))
  if (!late) return []
  const detail = `seq ${late.seq} stands behind a later one`
  return [{ invariant: 'I2', kind: 'reordered', where, subject: build, detail }]
}
