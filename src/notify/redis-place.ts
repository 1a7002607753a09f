/** Where a Redis of the user's own is, whether the daemon may go there, and what it means when it does not work out. */
import type { SendResult } from '../domain/delivery.js'
import { safeExcerpt } from '../domain/safe-text.js'
import type { Deadline } from './deadline.js'
import { EGRESS_REFUSED, type EgressPolicy, resolveAllowed, resolveBySystem } from './egress-guard.js'
import { failureWords, isRefusal } from './failure-words.js'
import { createHiddenValues } from './hidden-values.js'
import { isPrivateAddress } from './private-address.js'

const MAX_REASON = 300

export function redisUrlProblem(text: string): string | undefined {
  const example = 'such as rediss://user:password@redis.example.com:6379/0'
  if (!URL.canParse(text)) return `must be an address ${example}`
  const { protocol, hostname, pathname, username, password } = new URL(text)
  if (protocol !== 'redis:' && protocol !== 'rediss:')
    return `must begin with redis:// or rediss://, ${example}`
  if (hostname === '') return `names no host; write an address ${example}`
  if (!/^\/?\d{0,9}$/.test(pathname)) return `must end with the number of a database or nothing, ${example}`
  if ([username, password].some((part) => decoded(part) === undefined))
    return 'holds a % that begins no percent-encoding; write it as %25'
  return undefined
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** Rejects with EGRESS_REFUSED when one of the host's addresses may not be connected to. */
export async function allowedAddresses(
  { protocol, hostname }: URL,
  policy: EgressPolicy,
): Promise<readonly string[]> {
  const found = await resolveAllowed({ protocol, hostname }, policy, resolveBySystem)
  const addresses = found.map(({ address }) => address)
  const isOpen = protocol === 'redis:' && addresses.some((address) => !isPrivateAddress(address))
  if (!isOpen || policy.allowInsecure) return addresses
  const words = `redis:// to ${hostname} sends in the clear; use rediss://, or set allow_insecure: true`
  throw Object.assign(new Error(words), { code: EGRESS_REFUSED })
}

interface Failing {
  readonly url: string
  readonly key: string
  readonly deadline: Deadline
}

/** A key of another type stays so; everything else may be mended: by time, or by who runs the server. */
export function failureOf(error: unknown, { url, key, deadline }: Failing): SendResult {
  if (isRefusal(error)) return { kind: 'refused', reason: safeExcerpt(failureWords(error), MAX_REASON) }
  const because = deadline.endedBecause()
  if (because !== undefined) return { kind: 'retry', reason: because }
  const reply = replyIn(error)
  if (reply?.startsWith('WRONGTYPE')) {
    const words = 'holds another type of value; choose another key, or set as to what it is'
    return { kind: 'refused', reason: safeExcerpt(`WRONGTYPE: ${key} ${words}`, MAX_REASON) }
  }
  const words = reply === undefined ? failureWords(error) : `the server said: ${reply}`
  return { kind: 'retry', reason: safeExcerpt(hiddenIn(url).hide(words), MAX_REASON) }
}

/** By name: in tests errors may come from another realm. */
function replyIn(error: unknown): string | undefined {
  const { name, message } = Object(error)
  return name === 'ReplyError' ? String(message) : undefined
}

function hiddenIn(url: string): ReturnType<typeof createHiddenValues> {
  const { password } = new URL(url)
  return createHiddenValues([url, password, decoded(password) ?? ''])
}
