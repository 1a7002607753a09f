/**
 * Where a notifier may send. Judged twice: the URL before anything happens, and every address a name resolves to at the
 * moment of connecting. A lookup hook alone would not do, because it is never asked about an address written literally.
 */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { isPrivateAddress } from './private-address.js'

export interface EgressPolicy {
  /** Private, loopback, link-local and other non-public addresses are allowed. */
  readonly allowPrivate: boolean
  /** `http://` to public addresses is allowed. */
  readonly allowInsecure: boolean
}

export interface ResolvedAddress {
  readonly address: string
  readonly family: number
}

/** All addresses of a name; rejects when there are none. */
export type Resolve = (hostname: string) => Promise<readonly ResolvedAddress[]>

export const resolveBySystem: Resolve = (hostname) => lookup(hostname, { all: true })

export const EGRESS_REFUSED = 'EGRESS_REFUSED'

/**
 * The guard said no. The message names the cure and nothing of the URL but its host. A plain Error with a code and no
 * class of its own, for `fetch` passes on a cause as it is only when it takes it for an error, by its constructor's name.
 */
function refusal(message: string): Error {
  return Object.assign(new Error(message), { code: EGRESS_REFUSED })
}

/** A place that is about to be connected to. */
export interface Destination {
  /** `http:` or `https:` */
  readonly protocol: string
  /** A name or an address, IPv6 with or without brackets. */
  readonly hostname: string
}

/** Throws EGRESS_REFUSED when the URL cannot be allowed, whatever its host resolves to. */
export function assertUrlAllowed(url: URL, policy: EgressPolicy): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refusal(`${url.protocol} is no protocol to notify by; use https://`)
  }
  if (url.username !== '' || url.password !== '') {
    throw refusal('credentials stand in the URL; remove them')
  }
  if (url.protocol === 'http:' && !policy.allowPrivate && !policy.allowInsecure) {
    throw refusal(
      'http:// sends in the clear; use https://, or set allow_insecure: true (allow_private: true for private addresses)',
    )
  }
  const literal = bare(url.hostname)
  if (isIP(literal) !== 0) assertAddressAllowed(literal, url, policy)
}

/** Throws EGRESS_REFUSED when this address may not be connected to. */
function assertAddressAllowed(address: string, destination: Destination, policy: EgressPolicy): void {
  const hostname = bare(destination.hostname)
  const place = hostname === address ? address : `${hostname}, which is ${address},`
  if (isPrivateAddress(address)) {
    if (policy.allowPrivate) return
    throw refusal(`${place} is no public address; set allow_private: true if that is meant`)
  }
  if (destination.protocol === 'http:' && !policy.allowInsecure) {
    throw refusal(`http:// to ${place} sends in the clear; use https://, or set allow_insecure: true`)
  }
}

/** Resolves and checks: one forbidden address among several forbids the name, for the attacker picks which is used. */
export async function resolveAllowed(
  destination: Destination,
  policy: EgressPolicy,
  resolve: Resolve,
): Promise<readonly ResolvedAddress[]> {
  const hostname = bare(destination.hostname)
  const family = isIP(hostname)
  const addresses = family === 0 ? await resolve(hostname) : [{ address: hostname, family }]
  for (const { address } of addresses) assertAddressAllowed(address, destination, policy)
  return addresses
}

function bare(hostname: string): string {
  return hostname.startsWith('[') ? hostname.slice(1, -1) : hostname
}
