import type { BuildTruth, Finding, History, LoggedLine } from './history.js'
import { createWanted } from './wanted.js'
import { isMeantBy } from './wants.js'

/**
 * I1: each watched build that concluded, history aside, has exactly one terminal event, with the true outcome; none for
 * others. Those that no watch ever meant are not recorded at all.
 */
export function checkEnds(history: History): Finding[] {
  const { builds, events, hashes, versions } = history
  const wanted = createWanted(history)
  const truths = new Map(builds.map((build) => [build.key, build]))
  const strangers = events.filter(({ build, concluded }) => concluded && !truths.has(build))
  const isMeant = (build: BuildTruth): boolean =>
    versions.some(({ watches }) => watches.some((watch) => isMeantBy(watch, build)))
  return [
    ...builds.flatMap((build) => {
      const ends = events.filter((line) => line.build === build.key && line.concluded)
      return checkEnd(build, ends, wanted.telling(build))
    }),
    ...strangers.map(({ build }) =>
      finding(build, 'unexpected', 'a terminal event of a build that never was'),
    ),
    ...builds
      .filter((build) => hashes.has(build.key) && !isMeant(build))
      .map(({ key }): Finding => {
        const detail = 'recorded, though no watch means it'
        return { invariant: 'I1', kind: 'unexpected', where: 'hashes', subject: key, detail }
      }),
  ]
}

function checkEnd(
  { key, outcome }: BuildTruth,
  ends: readonly LoggedLine[],
  telling: 'must' | 'may' | 'never',
): Finding[] {
  const [end] = ends
  if (!end)
    return telling === 'must' && outcome ? [finding(key, 'lost', `ended ${outcome}; no terminal event`)] : []
  if (outcome === undefined) return [finding(key, 'unexpected', 'a terminal event, but it has not ended')]
  if (telling === 'never')
    return [finding(key, 'unexpected', 'a terminal event, but it is not watched, or was history')]
  if (ends.length > 1) return [finding(key, 'duplicated', `${ends.length} terminal events`)]
  return end.outcome === outcome ? [] : [finding(key, 'mismatch', `told ${end.outcome}, was ${outcome}`)]
}

function finding(subject: string, kind: Finding['kind'], detail: string): Finding {
  return { invariant: 'I1', kind, where: 'events', subject, detail }
}
