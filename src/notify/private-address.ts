/**
 * Which addresses are not the public internet. The list is IANA's special-purpose registries plus the metadata address
 * that stands outside of them; a translated or tunnelled IPv4 address is judged by the IPv4 address inside.
 */
import { BlockList, isIPv4, isIPv6 } from 'node:net'

const PRIVATE_IPV4 = [
  '0.0.0.0/8', // unspecified, "this network"
  '10.0.0.0/8',
  '100.64.0.0/10', // carrier-grade NAT; also Alibaba's metadata service
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure's wire server: a public number that only the virtual machine sees
  '169.254.0.0/16', // link-local: the metadata service of most clouds
  '172.16.0.0/12',
  '192.0.0.0/24', // protocol assignments; also Oracle's metadata service
  '192.0.2.0/24', // documentation, as are 198.51.100.0/24 and 203.0.113.0/24
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16',
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
]

const PRIVATE_IPV6 = [
  '::/96', // unspecified, loopback, IPv4-compatible
  '64:ff9b:1::/48', // NAT64 of the local network
  '100::/64', // discard
  '2001::/23', // Teredo, ORCHID, benchmarks and other protocol assignments
  '2001:db8::/32', // documentation
  '3fff::/20', // documentation
  '5f00::/16', // segment routing
  'fc00::/7', // unique local
  'fe80::/10', // link-local
  'fec0::/10', // site-local
  'ff00::/8', // multicast
]

/** Prefixes (in 16-bit groups) after which an IPv4 address stands: mapped, translated (NAT64), 6to4. */
const EMBEDDED_IPV4 = [
  { prefix: [0, 0, 0, 0, 0, 0xffff], at: 6 },
  { prefix: [0, 0, 0, 0, 0xffff, 0], at: 6 },
  { prefix: [0x64, 0xff9b, 0, 0, 0, 0], at: 6 },
  { prefix: [0x2002], at: 1 },
]

const privateList = blockList()

function blockList(): BlockList {
  const list = new BlockList()
  const add = (family: 'ipv4' | 'ipv6') => (range: string) => {
    const [network = '', bits] = range.split('/')
    list.addSubnet(network, Number(bits), family)
  }
  PRIVATE_IPV4.forEach(add('ipv4'))
  PRIVATE_IPV6.forEach(add('ipv6'))
  return list
}

/** True for anything but a public unicast address; what is no address at all counts as private. */
export function isPrivateAddress(address: string): boolean {
  if (isIPv4(address)) return privateList.check(address, 'ipv4')
  const unscoped = address.split('%', 1)[0] ?? ''
  if (!isIPv6(unscoped)) return true
  const embedded = embeddedIpv4(groupsOf(unscoped))
  return embedded === undefined ? privateList.check(unscoped, 'ipv6') : privateList.check(embedded, 'ipv4')
}

function embeddedIpv4(groups: readonly number[]): string | undefined {
  const form = EMBEDDED_IPV4.find(({ prefix }) => prefix.every((group, index) => groups[index] === group))
  if (!form) return undefined
  const octets = groups.slice(form.at, form.at + 2).flatMap((group) => [group >> 8, group & 0xff])
  return octets.join('.')
}

/** The eight 16-bit groups; the URL parser does the expansion of dotted tails. */
function groupsOf(ipv6: string): number[] {
  const canonical = new URL(`http://[${ipv6}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const front = hexGroups(head)
  if (tail === undefined) return front
  const back = hexGroups(tail)
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0)
  return [...front, ...zeros, ...back]
}

function hexGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
