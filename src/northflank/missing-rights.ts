import type { ResourceRef } from '../domain/build.js'
import { permissionToGet, permissionToList } from './permissions.js'

/** One build that is read by id, or all builds of a job or service, which are read as a list. */
interface Wanted {
  readonly kind: 'build' | 'feed'
  readonly ref: Pick<ResourceRef, 'kind'>
}

/** The permissions that following all these takes, each once. */
export function neededRights(targets: Iterable<Wanted>): string[] {
  const needs = new Set<string>()
  for (const { kind, ref } of targets)
    needs.add(kind === 'feed' ? permissionToList(ref) : permissionToGet(ref))
  return [...needs]
}

/**
 * Those of `needs` that none of the token's `permissions` grants. Nobody documents in what words the API tells them, so case and
 * separators count for nothing, a permission grants all below it (`*` everything), and where not one is of the family that is
 * needed (`Project > …`) their words are taken for another language, in which nothing can be said to be missing.
 */
export function missingRights(needs: Iterable<string>, permissions: readonly string[] | undefined): string[] {
  if (permissions === undefined) return []
  const granted = permissions.map(wordsOf)
  return [...needs].filter((need) => {
    const wanted = wordsOf(need)
    const isKnownLanguage = granted.some(([family]) => family === wanted[0]) || granted.length === 0
    return isKnownLanguage && !granted.some((words) => grants(words, wanted))
  })
}

function grants(words: readonly string[], wanted: readonly string[]): boolean {
  return words.every((word, at) => word === wanted[at])
}

/** `deployBuild`, `Deploy Build` and `deploy_build` are one word; what stands for everything below is none. */
function wordsOf(permission: string): string[] {
  const words = permission
    .split(/[>.:/]/)
    .map((word) => word.toLowerCase().replaceAll(/[^\p{L}\p{N}*]/gu, ''))
  return words.filter((word) => word !== '' && word !== '*' && word !== 'all')
}
