import type { BuildRef } from '../domain/build.js'
import type { BuildwatchdError } from '../domain/errors.js'
import type { Snapshot } from '../domain/snapshot.js'
import { isForbidden, isProbeFailure, type ProbeMeans, permissionOf, type UnseenBuild } from './sighting.js'

export interface ReadById {
  readonly snapshots: readonly Snapshot[]
  /** Looked for in vain, each for a reason of its own. */
  readonly unseen: readonly UnseenBuild[]
  /** Why the others were not asked for: no leave, no right, or what will fail them as well. */
  readonly halt?: Halt
}

type Halt =
  | { readonly kind: 'postponed' }
  | { readonly kind: 'forbidden'; readonly lacks: string }
  | { readonly kind: 'failed'; readonly error: BuildwatchdError }

/** So many are read by id in one probe; the others have their turn with the next. */
const MOST_BY_ID = 20

/** Reads builds one by one, as far as there is leave. */
export async function readById(
  refs: readonly BuildRef[],
  { account, ...means }: ProbeMeans & { readonly account: string },
): Promise<ReadById> {
  const snapshots: Snapshot[] = []
  const unseen: UnseenBuild[] = []
  for (const ref of turnOf(refs, means.random())) {
    const answer = await readOne(ref, { account, ...means })
    if (answer.kind === 'shown') snapshots.push(answer.snapshot)
    else if (answer.kind === 'unseen') unseen.push(answer.unseen)
    else return { snapshots, unseen, halt: answer }
  }
  return { snapshots, unseen }
}

/** By lot, so that none waits for the end of those before it. */
function turnOf(refs: readonly BuildRef[], random: number): readonly BuildRef[] {
  if (refs.length <= MOST_BY_ID) return refs
  const first = Math.floor(random * refs.length)
  return [...refs.slice(first), ...refs.slice(0, first)].slice(0, MOST_BY_ID)
}

type Answer =
  | { readonly kind: 'shown'; readonly snapshot: Snapshot }
  | { readonly kind: 'unseen'; readonly unseen: UnseenBuild }
  | Halt

async function readOne(
  ref: BuildRef,
  { account, source, leave, rights }: ProbeMeans & { readonly account: string },
): Promise<Answer> {
  const lacks = rights.lacking(account, ref)
  if (lacks !== undefined) return { kind: 'forbidden', lacks }
  if (!(await leave.mayAsk())) return { kind: 'postponed' }
  try {
    return { kind: 'shown', snapshot: await source.get(ref, leave) }
  } catch (error) {
    if (!isProbeFailure(error)) throw error
    if (isForbidden(error)) {
      rights.refused(account, ref, permissionOf(error))
      return { kind: 'forbidden', lacks: permissionOf(error) }
    }
    return isOfBuild(error) ? { kind: 'unseen', unseen: { ref, error } } : { kind: 'failed', error }
  }
}

/** What went wrong says something of this very build. */
function isOfBuild({ code }: BuildwatchdError): boolean {
  return code === 'API_NOT_FOUND' || code === 'API_BAD_RESPONSE'
}
