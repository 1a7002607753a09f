/** Whether a live daemon on a Redis watches the builds that somebody waits for. */
import { newestOf } from '../core/choose-build.js'
import { type Coverage, coverageOf, type Standing } from '../core/covers-build.js'
import { type FollowedBuild, nameOf } from '../core/followed-build.js'
import { type BuildRef, buildKey, resourceKey } from '../domain/build.js'
import { readBuilds } from '../store/build-hash.js'
import { isActive, type KnownBuild, readKnownBuilds } from '../store/known-builds.js'
import { createTargets } from '../store/targets.js'
import { readTroubles } from '../store/troubles.js'
import type { RedisAccess } from './redis-access.js'

/** Who only looks takes part in nothing. */
const NOBODY = 'watch'

/** Of all builds: the first that is not covered says why. Rejects as every Redis call does. */
export async function coverageIn(access: RedisAccess, builds: readonly FollowedBuild[]): Promise<Coverage> {
  for (const build of builds) {
    const { ref, wanted } = build
    const coverage = coverageOf(
      ref === undefined ? wanted : { kind: 'named', ref },
      await standingOf(build, access),
    )
    if (coverage.kind === 'not_covered')
      return { ...coverage, because: `${nameOf(build)} ${coverage.because}` }
  }
  return { kind: 'covered' }
}

async function standingOf(build: FollowedBuild, access: RedisAccess): Promise<Standing> {
  const targets = createTargets({ ...access, clock: Date, replica: NOBODY })
  const known = await knownOf(build, access)
  const ref = build.ref ?? known?.ref
  const ids = [...(ref === undefined ? [] : [buildKey(ref)]), resourceKey(build.wanted.ref)]
  const [own, ...found] = await Promise.all([ref && standingAlone(ref, access), ...ids.map(targets.find)])
  return {
    targets: found.filter((target) => target !== undefined),
    ...(known === undefined ? {} : { recorded: known.recorded }),
    isFollowed: own?.isFollowed ?? false,
    ...(own?.trouble === undefined ? {} : { trouble: own.trouble }),
  }
}

async function standingAlone(
  ref: BuildRef,
  access: RedisAccess,
): Promise<Pick<Standing, 'isFollowed' | 'trouble'>> {
  const [isFollowed, [noted]] = await Promise.all([
    isActive(ref, access),
    readTroubles([buildKey(ref)], access),
  ])
  return { isFollowed, ...(noted?.trouble === undefined ? {} : { trouble: noted.trouble }) }
}

/** What is on record of the build; where none is named, of the newest that is meant. */
export async function knownOf(
  { ref, wanted }: FollowedBuild,
  access: RedisAccess,
): Promise<KnownBuild | undefined> {
  if (ref !== undefined) return knownBuild(ref, access)
  if (wanted.kind === 'named') return knownBuild(wanted.ref, access)
  const known = await readKnownBuilds(wanted.ref, access)
  return newestOf(known.map(datedOf), wanted.choice)?.known
}

async function knownBuild(ref: BuildRef, access: RedisAccess): Promise<KnownBuild | undefined> {
  const [recorded] = await readBuilds([ref], access)
  return recorded?.latest === undefined ? undefined : { ref, recorded }
}

function datedOf(known: KnownBuild) {
  const { ref, recorded } = known
  const { latest = { id: ref.build }, createdAt } = recorded
  return { known, build: latest, ...(createdAt === undefined ? {} : { createdAt }) }
}
