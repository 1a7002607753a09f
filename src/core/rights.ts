import { type ResourceRef, resourceKey } from '../domain/build.js'
import type { Clock } from '../domain/ports.js'

/** Of which jobs and services an account's token may not read builds by id, as far as this process has seen. */
export interface Rights {
  /** The missing permission; `undefined` when there is none, or it is time to try again. */
  lacking(account: string, ref: ResourceRef): string | undefined
  refused(account: string, ref: ResourceRef, permission: string): void
}

/** Roles are edited while we watch; each try costs a request. */
const TRY_AGAIN_MS = 3_600_000

export function createRights(clock: Clock): Rights {
  const refusals = new Map<string, { permission: string; at: number }>()
  const nameOf = (account: string, ref: ResourceRef): string => `${account} ${resourceKey(ref)}`
  return {
    lacking(account, ref) {
      const refusal = refusals.get(nameOf(account, ref))
      const isFresh = refusal && Math.abs(clock.now() - refusal.at) < TRY_AGAIN_MS
      if (!isFresh) refusals.delete(nameOf(account, ref))
      return isFresh ? refusal.permission : undefined
    },
    refused: (account, ref, permission) =>
      void refusals.set(nameOf(account, ref), { permission, at: clock.now() }),
  }
}
