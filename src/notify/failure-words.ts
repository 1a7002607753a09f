/**
 * What went wrong below HTTP, in few words. `fetch` wraps the cause one or more times, and its errors may stem from
 * another realm, so neither the outermost message nor `instanceof Error` tells anything.
 */
import { EGRESS_REFUSED } from './egress-guard.js'

const MAX_DEPTH = 5

/** The guard refused; trying again would end the same way. */
export function isRefusal(error: unknown): boolean {
  return refusalIn(error) !== undefined
}

/** The guard's own words, or `no answer: CODE`, or the innermost message. */
export function failureWords(error: unknown): string {
  const chain = causes(error)
  const code = chain.map((link) => field(link, 'code')).findLast((found) => found !== undefined)
  const message = field(refusalIn(error) ?? chain.at(-1), 'message') ?? 'unknown'
  if (code === EGRESS_REFUSED) return message
  return `no answer: ${code ?? message}`
}

function refusalIn(error: unknown): object | undefined {
  return causes(error).find((link) => field(link, 'code') === EGRESS_REFUSED)
}

function causes(error: unknown): object[] {
  const chain: object[] = []
  let link = error
  while (typeof link === 'object' && link !== null && chain.length < MAX_DEPTH) {
    chain.push(link)
    link = 'cause' in link ? link.cause : undefined
  }
  return chain
}

function field(from: object | undefined, name: 'code' | 'message'): string | undefined {
  const value: unknown = from && name in from ? Reflect.get(from, name) : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}
