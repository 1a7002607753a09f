/** What planning goes by, kept in plain memory, for tests of `core` alone. */
import type { BudgetStanding, Claims, JobFacts } from '../../src/domain/cadence.js'
import type { PlanningStore } from '../../src/domain/ports.js'

const NOTHING: JobFacts = { ended: [], active: [] }
const NO_CLAIMS: Claims = { appetite: 0, fixedPerS: 0, urgency: 0, active: 0, idle: 0 }

export function createMemoryPlanning() {
  const states = new Map<string, string>()
  let facts = NOTHING
  let claimed = NO_CLAIMS
  let stands: BudgetStanding | undefined
  let meanwhile: (() => void) | undefined
  let reads = 0
  return {
    job: async () => facts,
    async account(account) {
      reads += 1
      return states.get(account)
    },
    async swapAccount(account, before, next) {
      meanwhile?.()
      if (states.get(account) !== before) return false
      states.set(account, next)
      return true
    },
    claims: async () => claimed,
    standing: async () => stands,
    knows: (known: Partial<JobFacts>) => void (facts = { ...facts, ...known }),
    claim: (claims: Partial<Claims>) => void (claimed = { ...claimed, ...claims }),
    stand: (standing: BudgetStanding) => void (stands = standing),
    /** As if another replica had written it. */
    write: (account: string, state: object) => void states.set(account, JSON.stringify(state)),
    /** Something happens between a read and the write that follows. */
    between: (happening: (() => void) | undefined) => void (meanwhile = happening),
    stateOf: (account: string) => JSON.parse(states.get(account) ?? 'null'),
    reads: () => reads,
  } satisfies PlanningStore & Record<string, unknown>
}
