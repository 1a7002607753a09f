import type { BuildEvent } from './event.js'
import type { Outcome } from './outcome.js'
import type { ProbeNote } from './probe.js'

export interface ExplainedProbe extends ProbeNote {
  /** The status, or the end, that it brought to light. */
  readonly told?: { readonly to: string | null; readonly outcome?: Outcome }
}

/** Of the probes of what a build was followed by, those that were made while it ran, each with what it told. All oldest first. */
export function explainedProbes(
  probes: readonly ProbeNote[],
  transitions: readonly BuildEvent[],
): ExplainedProbe[] {
  const [first, last] = [transitions[0], transitions.at(-1)]
  if (!first || !last) return []
  const seenAt = observed(first)
  const endsAt = last.data.outcome === undefined ? Infinity : observed(last)
  const createdAt = Date.parse(first.data.build.createdAt ?? '')
  // A probe is dated by its request, and what it shows by the answer.
  const firstProbe = probes.findLast(({ at }) => at <= seenAt)
  const made = probes.filter(
    (probe) =>
      probe.at <= endsAt && (probe === firstProbe || probe.at > Math.min(createdAt || seenAt, seenAt)),
  )
  return made.map((probe, at) => {
    const until = made[at + 1]?.at ?? Infinity
    const event = transitions.findLast((each) => observed(each) >= probe.at && observed(each) < until)
    return event ? { ...probe, told: toldBy(event) } : probe
  })
}

function toldBy({ data: { to, outcome } }: BuildEvent) {
  return outcome === undefined ? { to } : { to, outcome }
}

function observed({ data }: BuildEvent): number {
  return Date.parse(data.observedAt)
}
