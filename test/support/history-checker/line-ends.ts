/**
 * The ends of each line's builds in the order in which they were recorded. That of the events is the order of their log.
 * History stands in no log: it was taken in with the other builds of the same list, oldest first.
 */
import { type BuildTruth, groupBy, type History, type LoggedLine, type ServedAnswer } from './history.js'
import { lineOf, resourceOf } from './wants.js'

export interface LineEnd {
  readonly build: string
  readonly outcome: string
  readonly createdAt: number
  /** When it ended, as told. */
  readonly at: number
  /** Absent for history. */
  readonly event?: LoggedLine
}

/** What is taken in first stands first: by probe, then by age. */
type Place = readonly [probeAt: number, createdAt: number]

interface Placed {
  readonly line: string
  readonly place: Place
  readonly end: LineEnd
}

interface SeenEnd {
  readonly build: string
  readonly at: number
  readonly observedAt: number
  readonly event?: LoggedLine
}

/** Of the lines that have any event, by name. */
export function lineEnds(history: History): Map<string, LineEnd[]> {
  const truths = new Map(history.builds.map((build) => [build.key, build]))
  const answers = groupBy(history.answers, ({ build }) => build)
  const place = ({ observedAt, ...seen }: SeenEnd): Placed[] => {
    const truth = truths.get(seen.build)
    if (!truth) return []
    const { createdAt, outcome = '' } = truth
    const probeAt = probeOf(answers.get(truth.key) ?? [], observedAt)
    return [{ line: lineNameOf(truth), place: [probeAt, createdAt], end: { ...seen, createdAt, outcome } }]
  }
  const told = history.events
    .filter(({ concluded }) => concluded)
    .flatMap((event) => place({ build: event.build, at: event.at, observedAt: event.observedAt, event }))
  const untold = groupBy(
    untoldEnds(history)
      .flatMap(place)
      .sort((a, b) => compare(a.place, b.place)),
    ({ line }) => line,
  )
  return new Map(
    [...groupBy(told, ({ line }) => line)].map(([line, events]) => [
      line,
      merged(untold.get(line) ?? [], events).map(({ end }) => end),
    ]),
  )
}

export function lineNameOf(build: BuildTruth): string {
  return `${resourceOf(build.key)} ${lineOf(build)}`
}

/** The probe that saw it: the last one that had begun. */
function probeOf(answers: readonly ServedAnswer[], observedAt: number): number {
  const seen = answers.filter(({ startedAt }) => startedAt <= observedAt)
  return Math.max(0, ...seen.map(({ probeAt, startedAt }) => probeAt ?? startedAt))
}

function untoldEnds({ hashes }: History): SeenEnd[] {
  return [...hashes].flatMap(([build, { history, time = '', observedAt = '' }]) =>
    history === 'true' ? [{ build, at: Date.parse(time), observedAt: Date.parse(observedAt) }] : [],
  )
}

function merged(untold: readonly Placed[], told: readonly Placed[]): Placed[] {
  const waiting = [...untold]
  const all: Placed[] = []
  for (const each of told) {
    while (waiting[0] && compare(waiting[0].place, each.place) < 0) all.push(...waiting.splice(0, 1))
    all.push(each)
  }
  return all
}

function compare(a: Place, b: Place): number {
  return a[0] - b[0] || a[1] - b[1]
}
