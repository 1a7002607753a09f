import type { Secret } from '../domain/ports.js'
import type { NotifierSchema, NotifierSettings, SecretField } from './configuration.js'
import { parseSection } from './parse-section.js'
import { resolveSecret, type SecretContext } from './resolve-secret.js'
import type { Section } from './section.js'
import { notifierSchema } from './settings-schema.js'
import { suggestion } from './suggest.js'

export interface NotifierContext extends SecretContext {
  readonly notifierKinds: readonly NotifierSchema[]
}

/** One entry of `notifiers`, checked by the schema that its kind brings along; `undefined` after it has been refused. */
export async function resolveNotifier(
  section: Section,
  context: NotifierContext,
): Promise<NotifierSettings | undefined> {
  const kind = kindOf(section, context.notifierKinds)
  if (!kind) return undefined
  const input = parseSection(section, notifierSchema(kind))
  const secrets = await resolveSecrets(section, kind, context)
  if (!input || !secrets) return undefined
  return { name: String(section.key), type: kind.type, options: optionsOf(input, kind), secrets }
}

function kindOf(section: Section, kinds: readonly NotifierSchema[]): NotifierSchema | undefined {
  const spot = section.at('type')
  const known = kinds.map((kind) => kind.type)
  const kind = kinds.find(({ type }) => type === spot.value)
  if (kind || spot.broken || section.broken) return kind
  const value = spot.value
  if (typeof value === 'string')
    spot.refuse(`${JSON.stringify(spot.source)} is no kind of notifier; ${suggestion(value, known)}`)
  else if (section.source !== undefined) section.refuse('is no notifier; write a map such as { type: log }')
  else spot.refuse(`${value === undefined ? 'is missing' : 'is no text'}; ${suggestion('', known)}`)
  return undefined
}

async function resolveSecrets(
  section: Section,
  kind: NotifierSchema,
  context: SecretContext,
): Promise<Readonly<Record<string, Secret>> | undefined> {
  const secrets: [string, Secret][] = []
  let refused = false
  for (const field of kind.secrets) {
    const resolved = await resolveSecret(section, field.name, context)
    if (resolved.kind === 'secret') secrets.push([field.name, resolved.secret])
    if (resolved.kind === 'refused' || (resolved.kind === 'absent' && isMissing(section, field)))
      refused = true
  }
  return refused ? undefined : Object.fromEntries(secrets)
}

/** Complains if so. */
function isMissing(section: Section, { name, required, requiredUnless }: SecretField): boolean {
  const isWaived = requiredUnless === undefined ? !required : section.at(requiredUnless).value === true
  if (isWaived) return false
  const way = requiredUnless === undefined ? '' : `, or ${requiredUnless}: true`
  section.at(name).refuse(`is missing; write ${name}: "\${NAME}", ${name}_file with a path${way}`)
  return true
}

function optionsOf(input: Record<string, unknown>, kind: NotifierSchema): Record<string, unknown> {
  const apart = new Set(['type', ...kind.secrets.flatMap(({ name }) => [name, `${name}_file`])])
  return Object.fromEntries(Object.entries(input).filter(([key]) => !apart.has(key)))
}
