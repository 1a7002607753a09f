import type { Reserve } from '../domain/ports.js'
import type { AccountSettings } from './configuration.js'
import { parseSection } from './parse-section.js'
import { resolveSecret, type SecretContext } from './resolve-secret.js'
import type { Section } from './section.js'
import { DEFAULT_BASE_URL, settingsParts } from './settings-schema.js'

/** One entry of `accounts`; `undefined` after it has been refused. */
export async function resolveAccount(
  section: Section,
  context: SecretContext,
): Promise<AccountSettings | undefined> {
  const input = parseSection(section, settingsParts.account)
  const token = await resolveSecret(section, 'token', context)
  if (token.kind === 'absent' && section.isMap) {
    section
      .at('token')
      .refuse('is missing; write token: "${NORTHFLANK_API_TOKEN}", or token_file with a path')
  }
  const baseUrl = resolveBaseUrl(section.at('base_url'), section.at('allow_insecure').value === true)
  if (!input || baseUrl === undefined || token.kind !== 'secret') return undefined
  return { name: String(section.key), token: token.secret, baseUrl, reserve: reserveOf(input.reserve) }
}

function reserveOf(input: number | string): Reserve {
  const text = String(input)
  return text.endsWith('%')
    ? { kind: 'share', share: Number(text.slice(0, -1)) / 100 }
    : { kind: 'requests', requests: Number(text) }
}

/** Messages never show the URL: where it should hold no credentials it may hold some. */
function resolveBaseUrl(section: Section, allowInsecure: boolean): string | undefined {
  const text = section.value ?? DEFAULT_BASE_URL
  if (typeof text !== 'string' || section.broken) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const refusal = url
    ? refusalOf(url, allowInsecure)
    : 'is no URL; write one such as https://api.northflank.com'
  if (refusal !== undefined) section.refuse(refusal)
  if (refusal !== undefined || !url) return undefined
  const path = url.pathname.replace(/\/+$/, '')
  if (path.endsWith('/v1')) section.warn('ends in /v1, which is added to every request; leave it out')
  return `${url.origin}${path}`
}

function refusalOf(url: URL, allowInsecure: boolean): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is no web address; write https://…'
  if (url.username !== '' || url.password !== '') return 'holds credentials; write them as token'
  if (url.search !== '' || url.hash !== '')
    return 'holds a query or fragment; write the address up to the path'
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecure) {
    return 'would send the token unencrypted; write https://, or allow_insecure: true beside it'
  }
  return undefined
}

/** The host of a parsed URL, which has brought every way to write an IPv4 address to dotted form. */
function isLoopback(hostname: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|(.+\.)?localhost)$/.test(hostname)
}
