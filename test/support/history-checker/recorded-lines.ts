import { groupBy, type History, type TransitionLine } from './history.js'

/**
 * All transitions that the event log or a build's own stream still shows, each once, in the order of their `seq`, by build.
 * What one of the two has lost is thus reported where it is missing, and not again by everything that rests on it.
 */
export function recordedLines({
  events,
  transitions,
}: Pick<History, 'events' | 'transitions'>): Map<string, TransitionLine[]> {
  const byId = new Map([...events, ...transitions].map((line) => [line.id, line]))
  const byBuild = groupBy(byId.values(), ({ build }) => build)
  for (const lines of byBuild.values()) lines.sort((a, b) => a.seq - b.seq)
  return byBuild
}
