import type { BuildTruth, Finding, History, LoggedLine } from './history.js'

/** I1: each watched build that concluded has exactly one terminal event, with the true outcome; none for others. */
export function checkEnds({ builds, events }: History): Finding[] {
  const truths = new Map(builds.map((build) => [build.key, build]))
  const keys = new Set([...truths.keys(), ...events.map(({ build }) => build)])
  return [...keys].flatMap((key) => {
    const ends = events.filter(({ build, concluded }) => build === key && concluded)
    return checkEnd(truths.get(key) ?? { key, watched: false }, ends)
  })
}

function checkEnd({ key, watched, outcome }: BuildTruth, ends: readonly LoggedLine[]): Finding[] {
  const finding = (kind: Finding['kind'], detail: string): Finding[] => [
    { invariant: 'I1', kind, where: 'events', subject: key, detail },
  ]
  const [end] = ends
  if (!end) return watched && outcome ? finding('lost', `ended ${outcome}; no terminal event`) : []
  if (!watched || outcome === undefined)
    return finding('unexpected', `a terminal event, but it ${watched ? 'has not ended' : 'is not watched'}`)
  if (ends.length > 1) return finding('duplicated', `${ends.length} terminal events`)
  return end.outcome === outcome ? [] : finding('mismatch', `told ${end.outcome}, was ${outcome}`)
}
