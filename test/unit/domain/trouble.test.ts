import { describe, expect, it } from '@jest/globals'
import { ERRORS, type ErrorCode } from '../../../src/domain/errors.js'
import {
  abandoned,
  accountSubject,
  afterFailedProbe,
  afterGoodProbe,
  NO_TROUBLE,
  type Scope,
  TROUBLE_RULES,
  type Trouble,
  type TroubleChange,
  type TroubleRecord,
} from '../../../src/domain/trouble.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const SECOND = 1000
const MINUTE = 60 * SECOND

/** What a failed probe means `afterMs` into the story. */
function failed(
  known: TroubleRecord,
  code: ErrorCode,
  { scope, afterMs = 0 }: { scope: Scope; afterMs?: number },
): TroubleChange {
  const fault = { code, detail: `${code} in words` }
  return afterFailedProbe(known, { fault, scope, now: NOW + afterMs, rules: TROUBLE_RULES })
}

function nextOf(known: TroubleRecord, change: TroubleChange): TroubleRecord {
  return change.kind === 'none' ? known : change.next
}

/** What each of a row of failed probes at these instants means. */
function row(code: ErrorCode, scope: Scope, instants: readonly number[], from = NO_TROUBLE) {
  let known = from
  const kinds = instants.map((afterMs) => {
    const change = failed(known, code, { scope, afterMs })
    known = nextOf(known, change)
    return change.kind
  })
  return { kinds, known }
}

interface Limits {
  readonly trouble: Exclude<Trouble, 'abandoned'>
  readonly code: ErrorCode
  readonly scope: Scope
  /** So many, and so far apart, it takes at least. */
  readonly failures: number
  readonly spacedMs: number
  /** The last of them is the first that is trouble. */
  readonly instants: readonly number[]
}

const LIMITS: readonly Limits[] = [
  {
    trouble: 'unreachable',
    code: 'API_UNREACHABLE',
    scope: 'account',
    failures: 2,
    spacedMs: SECOND,
    instants: [0, MINUTE - 1, MINUTE + 999],
  },
  {
    trouble: 'unauthorized',
    code: 'API_UNAUTHORIZED',
    scope: 'account',
    failures: 2,
    spacedMs: SECOND,
    instants: [0, 4999, 5999],
  },
  { trouble: 'throttled', code: 'API_THROTTLED', scope: 'account', failures: 1, spacedMs: 0, instants: [0] },
  {
    trouble: 'forbidden',
    code: 'API_FORBIDDEN',
    scope: 'target',
    failures: 2,
    spacedMs: SECOND,
    instants: [0, 3999, 4999],
  },
  {
    trouble: 'gone',
    code: 'API_NOT_FOUND',
    scope: 'target',
    failures: 3,
    spacedMs: 10 * SECOND,
    instants: [0, 10_000, MINUTE - 1, MINUTE + 9999],
  },
  {
    trouble: 'stale',
    code: 'API_BAD_RESPONSE',
    scope: 'target',
    failures: 3,
    spacedMs: SECOND,
    instants: [0, MINUTE, 15 * MINUTE - 1, 15 * MINUTE + 999],
  },
]

const CODES = Object.keys(ERRORS).filter((code): code is ErrorCode => code in ERRORS)

describe('trouble', () => {
  it.each(LIMITS)('of the kind $trouble begins only after as long as it takes', (limits) => {
    const { code, scope, instants, trouble } = limits
    const { kinds, known } = row(code, scope, instants)
    expect(kinds).toEqual([...instants.slice(1).map(() => 'noted'), 'troubled'])
    expect(known).toMatchObject({ trouble, since: NOW + instants.at(-1)!, episode: 1 })
  })

  it.each(LIMITS)('of the kind $trouble begins only after as many failures as it takes', (limits) => {
    const { code, scope, failures } = limits
    const late = Array.from({ length: failures }, (_, at) => at * 60 * MINUTE)
    expect(row(code, scope, late).kinds).toEqual([...late.slice(1).map(() => 'noted'), 'troubled'])
  })

  it.each(LIMITS.filter(({ trouble }) => trouble !== 'throttled'))(
    'of the kind $trouble is not made of failures that come all at once',
    ({ code, scope, spacedMs }) => {
      const { kinds, known } = row(code, scope, [0, 1, 2, spacedMs - 1])
      expect(kinds).toEqual(['noted', 'none', 'none', 'none'])
      expect(known.failing).toMatchObject({ count: 1, lastAt: NOW })
    },
  )

  it('is not made of a single failure, but for an account that is throttled', () => {
    const once = CODES.flatMap((code) =>
      (['account', 'target'] as const).map((scope) => ({ code, scope, kinds: row(code, scope, [0]).kinds })),
    )
    expect(once.filter(({ kinds }) => kinds.includes('troubled'))).toEqual([
      { code: 'API_THROTTLED', scope: 'account', kinds: ['troubled'] },
    ])
  })

  it('shows the last error that counted, and since when probes fail', () => {
    const { known } = row('API_TIMED_OUT', 'account', [0])
    const change = failed(known, 'API_UNREACHABLE', { scope: 'account', afterMs: 2000 })
    expect(nextOf(known, change).failing).toEqual({
      kind: 'unreachable',
      since: NOW,
      count: 2,
      lastAt: NOW + 2000,
      code: 'API_UNREACHABLE',
      detail: 'API_UNREACHABLE in words',
    })
  })

  it('is told once, however long it lasts', () => {
    const { kinds } = row('API_UNAUTHORIZED', 'account', [0, 5000, 10_000, 15_000, MINUTE])
    expect(kinds).toEqual(['noted', 'troubled', 'noted', 'noted', 'noted'])
  })

  it('counts the changes of its record, one by one', () => {
    expect(row('API_UNAUTHORIZED', 'account', [0, 1, 5000, 10_000]).known.rev).toBe(3)
  })
})

describe('trouble of another kind', () => {
  it('begins to count anew', () => {
    const { known } = row('API_UNREACHABLE', 'account', [0, 30_000, 59_000])
    const change = failed(known, 'API_UNAUTHORIZED', { scope: 'account', afterMs: 61_000 })
    expect(nextOf(known, change).failing).toMatchObject({
      kind: 'unauthorized',
      count: 1,
      since: NOW + 61_000,
    })
  })

  it('takes the place of the first when it lasts, as another episode', () => {
    const { known } = row('API_UNREACHABLE', 'account', [0, MINUTE])
    const { kinds, known: after } = row('API_UNAUTHORIZED', 'account', [MINUTE + 1, MINUTE + 6000], known)
    expect(kinds).toEqual(['noted', 'troubled'])
    expect(after).toMatchObject({ trouble: 'unauthorized', episode: 2, since: NOW + MINUTE + 6000 })
  })

  it('that does not last leaves the first as it was, and it is not told again', () => {
    const { known } = row('API_UNREACHABLE', 'account', [0, MINUTE])
    const { known: between } = row('API_UNAUTHORIZED', 'account', [MINUTE + 1], known)
    const { kinds, known: after } = row('API_UNREACHABLE', 'account', [2 * MINUTE, 4 * MINUTE], between)
    expect(kinds).toEqual(['noted', 'noted'])
    expect(after).toMatchObject({ trouble: 'unreachable', episode: 1, since: NOW + MINUTE })
  })
})

describe('a good probe', () => {
  it('means nothing where all was well', () => {
    expect(afterGoodProbe(NO_TROUBLE)).toEqual({ kind: 'none' })
    expect(afterGoodProbe({ rev: 9, episode: 3 })).toEqual({ kind: 'none' })
  })

  it('forgets the failures that were no trouble yet, and tells nobody', () => {
    const { known } = row('API_UNREACHABLE', 'account', [0, 30_000])
    expect(afterGoodProbe(known)).toEqual({ kind: 'noted', next: { rev: 3, episode: 0 } })
  })

  it('ends the trouble, and says which and since when', () => {
    const { known } = row('API_NOT_FOUND', 'target', [0, 30_000, MINUTE])
    expect(afterGoodProbe(known)).toEqual({
      kind: 'recovered',
      next: { rev: 4, episode: 1 },
      trouble: 'gone',
      since: NOW + MINUTE,
    })
  })

  it('is told once', () => {
    const { known } = row('API_THROTTLED', 'account', [0])
    expect(afterGoodProbe(nextOf(known, afterGoodProbe(known)))).toEqual({ kind: 'none' })
  })

  it('leaves the next trouble an episode of its own', () => {
    const { known } = row('API_THROTTLED', 'account', [0])
    const { known: again } = row('API_THROTTLED', 'account', [MINUTE], nextOf(known, afterGoodProbe(known)))
    expect(again).toMatchObject({ trouble: 'throttled', episode: 2 })
  })
})

describe('a clock that is set back', () => {
  it('does not stop the count', () => {
    const { known } = row('API_NOT_FOUND', 'target', [0, 30_000, -3_600_000])
    expect(known.failing?.count).toBe(3)
  })

  it('does not put trouble off until it has caught up', () => {
    const { kinds } = row('API_UNAUTHORIZED', 'account', [0, -3_600_000, -3_595_000])
    expect(kinds).toEqual(['noted', 'noted', 'troubled'])
  })
})

describe('a target that was given up', () => {
  const { known: gone } = row('API_NOT_FOUND', 'target', [0, 30_000, MINUTE])
  const { next } = abandoned(gone, NOW + 7 * 86_400_000)

  it('is in trouble for the last time, with the error that it was given up for', () => {
    expect(abandoned(gone, NOW + MINUTE)).toEqual({
      kind: 'troubled',
      trouble: 'abandoned',
      next: { ...gone, rev: gone.rev + 1, episode: 2, trouble: 'abandoned', since: NOW + MINUTE },
    })
  })

  it('recovers as any other', () => {
    expect(afterGoodProbe(next)).toMatchObject({ kind: 'recovered', trouble: 'abandoned' })
  })

  it('is in no other trouble because of a probe that was still under way', () => {
    expect(failed(next, 'API_NOT_FOUND', { scope: 'target', afterMs: 8 * 86_400_000 })).toEqual({
      kind: 'none',
    })
  })
})

describe('an account', () => {
  it.each(['API_FORBIDDEN', 'API_NOT_FOUND'] as const)('is well again when it is answered %s', (code) => {
    const { known } = row('API_UNREACHABLE', 'account', [0, MINUTE])
    expect(failed(known, code, { scope: 'account', afterMs: 2 * MINUTE })).toMatchObject({
      kind: 'recovered',
      trouble: 'unreachable',
    })
  })

  it('is not well again because something answers that is not the API', () => {
    const { known } = row('API_UNREACHABLE', 'account', [0, MINUTE])
    expect(failed(known, 'API_BAD_RESPONSE', { scope: 'account', afterMs: 2 * MINUTE })).toEqual({
      kind: 'none',
    })
  })

  it('has a subject that no target can have', () => {
    expect(accountSubject('default')).toBe('accounts/default')
  })
})
