/** However probes go, trouble is told by the rule: a plain model counts the failures anew from the whole story each time. */
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import type { ErrorCode } from '../../../src/domain/errors.js'
import {
  afterFailedProbe,
  afterGoodProbe,
  NO_TROUBLE,
  type Scope,
  signOf,
  TROUBLE_RULES,
  type Trouble,
  type TroubleChange,
  type TroubleRecord,
} from '../../../src/domain/trouble.js'

interface Probe {
  readonly at: number
  /** Absent: a good one. */
  readonly code?: ErrorCode
}

const CODES: Readonly<Record<Scope, readonly ErrorCode[]>> = {
  account: [
    'API_FORBIDDEN',
    'API_UNREACHABLE',
    'API_TIMED_OUT',
    'API_UNAUTHORIZED',
    'API_THROTTLED',
    'API_BAD_RESPONSE',
  ],
  target: ['API_FORBIDDEN', 'API_NOT_FOUND', 'API_BAD_RESPONSE', 'API_UNREACHABLE'],
}

/** Probes one after the other; few codes, so that runs of one kind come about. */
function stories(scope: Scope): fc.Arbitrary<Probe[]> {
  const code = fc.option(fc.constantFrom(...CODES[scope]), { nil: undefined, freq: 12 })
  const pauseMs = fc.oneof(fc.nat(2000), fc.nat(70_000), fc.nat(1_000_000))
  const probe = fc.tuple(pauseMs, code, fc.integer({ min: 1, max: 4 }))
  return fc.array(probe, { maxLength: 12 }).map((steps) => {
    let at = 0
    return steps.flatMap(([pauseMs, code, times]) =>
      Array.from({ length: times }, () => ({ at: (at += pauseMs), ...(code === undefined ? {} : { code }) })),
    )
  })
}

function play(story: readonly Probe[], scope: Scope) {
  let known: TroubleRecord = NO_TROUBLE
  return story.map(({ at, code }): { before: TroubleRecord; change: TroubleChange; after: TroubleRecord } => {
    const before = known
    const asked = { scope, now: at, rules: TROUBLE_RULES }
    const change =
      code === undefined
        ? afterGoodProbe(before)
        : afterFailedProbe(before, { ...asked, fault: { code, detail: 'any' } })
    if (change.kind !== 'none') known = change.next
    return { before, change, after: known }
  })
}

/** A refusal of one target shows its account to be well. */
function isGood({ code }: Probe, scope: Scope): boolean {
  return code === undefined || (scope === 'account' && code === 'API_FORBIDDEN')
}

/** The trouble after the whole story, if there is any. */
function modelOf(story: readonly Probe[], scope: Scope): Trouble | undefined {
  const signs = story
    .slice(story.findLastIndex((probe) => isGood(probe, scope)) + 1)
    .flatMap(({ at, code }) => {
      const kind = code && signOf(code, scope)
      return kind === undefined || kind === 'abandoned' ? [] : [{ at, kind }]
    })
  return signs.findLast(({ kind }, last) => {
    // The run of its kind that it ends.
    const begin = signs.slice(0, last).findLastIndex((each) => each.kind !== kind) + 1
    return lasts(
      kind,
      signs.slice(begin, last + 1).map(({ at }) => at),
    )
  })?.kind
}

function lasts(kind: Exclude<Trouble, 'abandoned'>, failures: readonly number[]): boolean {
  const { afterMs, count, spacedMs } = TROUBLE_RULES[kind]
  const counted = failures.reduce<number[]>(
    (before, at) => (before.length === 0 || at - before.at(-1)! >= spacedMs ? [...before, at] : before),
    [],
  )
  return counted.length >= count && failures.at(-1)! - failures[0]! >= afterMs
}

it.each(['account', 'target'] as const)('%s: is what a plain count of the failures says', (scope) => {
  fc.assert(
    fc.property(stories(scope), (story) => {
      expect(play(story, scope).at(-1)?.after.trouble).toBe(modelOf(story, scope))
    }),
    { numRuns: 500 },
  )
})

it.each(['account', 'target'] as const)(
  '%s: is told exactly when it changes, each beginning with an episode of its own',
  (scope) => {
    fc.assert(
      fc.property(stories(scope), (story) => {
        for (const { before, change, after } of play(story, scope)) {
          const began = after.trouble !== undefined && after.trouble !== before.trouble
          const ended = before.trouble !== undefined && after.trouble === undefined
          expect([change.kind === 'troubled', change.kind === 'recovered']).toEqual([began, ended])
          expect(after.episode).toBe(before.episode + (began ? 1 : 0))
        }
      }),
    )
  },
)

it.each(['account', 'target'] as const)('%s: counts each change of its record, and no other', (scope) => {
  fc.assert(
    fc.property(stories(scope), (story) => {
      for (const { before, change, after } of play(story, scope)) {
        expect(after.rev).toBe(before.rev + (change.kind === 'none' ? 0 : 1))
        if (change.kind === 'none') expect(after).toBe(before)
      }
    }),
  )
})
