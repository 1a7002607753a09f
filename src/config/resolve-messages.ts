import type { MessageSettings } from './configuration.js'
import { parseSection } from './parse-section.js'
import type { Section } from './section.js'
import { settingsParts } from './settings-schema.js'
import { suggestion } from './suggest.js'

const PLACEHOLDER = /\{([^{}]*)\}/g
const KNOWN = ['team', 'project', 'kind', 'resource', 'build']

/** What messages say beyond their events; `undefined` after it has been refused. */
export function resolveMessages(section: Section): MessageSettings | undefined {
  const messages = parseSection(section, settingsParts.messages)
  if (!messages) return undefined
  const { log_lines: logLines, link } = messages
  if (link === undefined) return { logLines }
  const refusal = refusalOf(link)
  if (refusal === undefined) return { logLines, link }
  section.at('link').refuse(`${JSON.stringify(link)} ${refusal}`)
  return undefined
}

function refusalOf(link: string): string | undefined {
  const unknown = [...link.matchAll(PLACEHOLDER)].flatMap(([, name = '']) =>
    KNOWN.includes(name) ? [] : [name],
  )
  if (unknown[0] !== undefined)
    return `has {${unknown[0]}}, which stands for nothing; ${suggestion(unknown[0], KNOWN)}`
  // In the host a placeholder would let ids of others say where the link leads.
  const url = URL.canParse(link) ? new URL(link) : undefined
  const isSafe = url && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
  if (!isSafe || /^[^/]*\/\/[^/?#]*[{}]/.test(link))
    return 'is no link; write http:// or https://, a host, and a path such as /project/{project}/{kind}/{resource}'
  return undefined
}
