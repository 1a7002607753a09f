import type { Reserve } from '../domain/ports.js'
import { readBaseUrl } from './base-url.js'
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

function resolveBaseUrl(section: Section, allowInsecure: boolean): string | undefined {
  const text = section.value ?? DEFAULT_BASE_URL
  if (typeof text !== 'string' || section.broken) return undefined
  const read = readBaseUrl(text, { allowInsecure, insecureCure: 'allow_insecure: true beside it' })
  if (!read.ok) {
    section.refuse(read.refusal)
    return undefined
  }
  return read.baseUrl
}
