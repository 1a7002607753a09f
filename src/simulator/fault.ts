/**
 * Faults on request. A rule says which requests it strikes and what happens to them; the first that matches wins. The rules
 * are data, so that they can come over the admin path as well as from a test.
 */
import { z } from 'zod'

const matchSchema = z
  .strictObject({
    /** Regular expression on the path with its query. */
    path: z.string().optional(),
    /** The last path segment, decoded. */
    build: z.string().optional(),
    token: z.string().optional(),
  })
  .default({})

const effectSchema = z.discriminatedUnion('kind', [
  /** Any status with an error body as Northflank gives it, or with the given text. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.number().int().min(200).max(599),
    body: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
  /** 429; `bare` leaves out the rate-limit headers. */
  z.strictObject({
    kind: z.literal('throttle'),
    resetInS: z.number().optional(),
    bare: z.boolean().optional(),
  }),
  /** A page of some proxy in between. */
  z.strictObject({ kind: z.literal('html'), status: z.number().int().default(502) }),
  z.strictObject({ kind: z.literal('wrong_route') }),
  z.strictObject({ kind: z.literal('redirect'), location: z.string() }),
  /** 200 or 204 without a body. */
  z.strictObject({ kind: z.literal('empty'), status: z.number().int().default(200) }),
  z.strictObject({ kind: z.literal('junk') }),
  /** Never answers. */
  z.strictObject({ kind: z.literal('hang') }),
  /** Resets the connection in the middle of the body. */
  z.strictObject({ kind: z.literal('cut') }),
  /** One byte per interval. */
  z.strictObject({ kind: z.literal('drip'), intervalMs: z.number().min(1).default(200) }),
  /** Gzip of this many zeros. */
  z.strictObject({ kind: z.literal('bomb'), bytes: z.number().int().default(50_000_000) }),
  /** Answers late, but rightly. */
  z.strictObject({ kind: z.literal('delay'), ms: z.number().min(0) }),
  /** Says `success` the other way round. */
  z.strictObject({ kind: z.literal('contradiction') }),
  /** Shows the first status again, not concluded. */
  z.strictObject({ kind: z.literal('regression') }),
  /** Leaves these fields of the build out. */
  z.strictObject({ kind: z.literal('missing_fields'), fields: z.array(z.string()) }),
  /** `buildConcludedAt` in another unit. */
  z.strictObject({ kind: z.literal('concluded_at'), as: z.enum(['milliseconds', 'nonsense', 'text']) }),
])

export const faultRuleSchema = z.strictObject({
  match: matchSchema,
  effect: effectSchema,
  /** How often it strikes; without end when left out. */
  count: z.number().int().min(1).optional(),
  /** Chance that it strikes, by the seed. */
  probability: z.number().min(0).max(1).default(1),
})

export type FaultRule = z.input<typeof faultRuleSchema>
export type FaultEffect = z.output<typeof effectSchema>

export interface FaultyRequest {
  readonly path: string
  readonly token: string
}

export interface Faults {
  add(rule: FaultRule): void
  clear(): void
  /** What happens to this request, if anything. */
  strike(request: FaultyRequest): FaultEffect | undefined
}

export function createFaults(random: () => number): Faults {
  let rules: { rule: z.output<typeof faultRuleSchema>; left: number }[] = []
  return {
    add(input) {
      const rule = faultRuleSchema.parse(input)
      rules.push({ rule, left: rule.count ?? Number.POSITIVE_INFINITY })
    },
    clear() {
      rules = []
    },
    strike(request) {
      const struck = rules.find(
        ({ rule, left }) => left > 0 && matches(rule.match, request) && random() < rule.probability,
      )
      if (struck) struck.left -= 1
      return struck?.rule.effect
    },
  }
}

function matches({ path, build, token }: z.output<typeof matchSchema>, request: FaultyRequest): boolean {
  if (path !== undefined && !new RegExp(path).test(request.path)) return false
  if (token !== undefined && token !== request.token) return false
  return build === undefined || build === lastSegment(request.path)
}

function lastSegment(path: string): string {
  return decodeURIComponent(path.split('?')[0]?.split('/').at(-1) ?? '')
}
