import { resolve } from 'node:path'
import type { Secret } from '../domain/ports.js'
import type { RedisSettings } from './configuration.js'
import { hasReference } from './interpolate.js'
import { parseSection } from './parse-section.js'
import type { SecretContext } from './resolve-secret.js'
import { createSecret, templateReader } from './secret.js'
import type { Section } from './section.js'
import { settingsParts } from './settings-schema.js'

/** `undefined` after it has been refused. */
export function resolveRedis(section: Section, context: SecretContext): RedisSettings | undefined {
  const input = parseSection(section, settingsParts.redis)
  const spot = section.at('url')
  const isEmbedded = spot.value === undefined || spot.value === 'embedded'
  const url = isEmbedded ? undefined : resolveUrl(spot, context)
  if (!input || spot.broken) return undefined
  const { prefix, port, data_dir } = input
  if (isEmbedded) return { kind: 'embedded', port, dataDir: resolve(data_dir), prefix }
  return url && { kind: 'server', url, prefix }
}

function resolveUrl(spot: Section, context: SecretContext): Secret | undefined {
  const { value: text, source: template } = spot
  if (typeof text !== 'string' || template === undefined) return undefined
  const refusal = redisUrlRefusal(text)
  if (refusal !== undefined) {
    spot.refuse(refusal)
    return undefined
  }
  if (new URL(text).password !== '' && !hasReference(template)) {
    spot.warn('holds a password in clear; write a reference such as "${REDIS_URL}"')
  }
  return createSecret({
    keyPath: spot.keyPath,
    read: templateReader(template, context.env),
    onSecret: (value) => learnPassword(value, context.onSecret),
  })
}

/** What is wrong with it; what would be right. Without the URL itself, which may hold a password. */
export function redisUrlRefusal(text: string): string | undefined {
  const cure = 'write embedded, redis://host:6379 or rediss://host:6379'
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return `is no Redis URL; ${cure}`
  const { hostname, pathname, username, password } = new URL(text)
  if (hostname === '') return `names no host; ${cure}`
  if (decoded(username) === undefined || decoded(password) === undefined)
    return 'holds a % that starts no escape; write a percent sign as %25'
  return /^\/?\d*$/.test(pathname)
    ? undefined
    : 'has a path that is no database; write its number after the slash, or nothing'
}

/** Only the password is secret: an address may stand in the log. It is learnt as it is written and as it is meant. */
function learnPassword(text: string, onSecret: (value: string) => void): void {
  const password = URL.canParse(text) ? new URL(text).password : ''
  if (password === '') return
  onSecret(password)
  const meant = decoded(password)
  if (meant !== undefined && meant !== password) onSecret(meant)
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
