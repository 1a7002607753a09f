/** The options that every notifier speaking HTTP shares, and what they mean to the sender. */
import { z } from 'zod'
import { assertUrlAllowed, type EgressPolicy } from './egress-guard.js'

const TIMEOUT = /^(\d{1,5})(ms|s)$/
const LONGEST_MS = 60_000

export const httpOptions = {
  allow_private: z
    .boolean()
    .default(false)
    .describe('Also send to private, loopback and link-local addresses, by http:// too.'),
  allow_insecure: z.boolean().default(false).describe('Also send by http:// to public addresses.'),
  timeout: z
    .string()
    .regex(TIMEOUT, 'must be a duration such as 15s or 500ms')
    .refine((text) => isWithin(parseTimeoutMs(text)), 'must lie between 1ms and 60s')
    .default('15s')
    .describe('How long one attempt may take in all, 1ms to 60s.'),
}

/** An `http(s)://` URL without credentials. Its path and query are treated as secret. */
export function httpUrl(): z.ZodString {
  return z.string().superRefine((text, context) => {
    const problem = urlProblem(text, { allowPrivate: true, allowInsecure: true })
    if (problem !== undefined) context.addIssue(problem)
  })
}

export interface HttpOptions {
  readonly allow_private: boolean
  readonly allow_insecure: boolean
  readonly timeout: string
}

/** What is wrong with the URL under this policy, so far as can be said without resolving its host. */
export function urlProblem(text: string, policy: EgressPolicy): string | undefined {
  if (!URL.canParse(text)) return 'must be a URL such as https://ci.example.com/hooks/builds'
  try {
    assertUrlAllowed(new URL(text), policy)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The sender's policy in the words of the settings. */
export function policyOf(options: HttpOptions): EgressPolicy & { readonly deadlineMs: number } {
  return {
    allowPrivate: options.allow_private,
    allowInsecure: options.allow_insecure,
    deadlineMs: parseTimeoutMs(options.timeout),
  }
}

/** Milliseconds of the option `timeout`. */
export function parseTimeoutMs(text: string): number {
  const [, digits, unit] = TIMEOUT.exec(text) ?? []
  return Number(digits ?? Number.NaN) * (unit === 's' ? 1000 : 1)
}

function isWithin(timeoutMs: number): boolean {
  return timeoutMs >= 1 && timeoutMs <= LONGEST_MS
}
