import { BuildwatchdError } from '../domain/errors.js'
import type { Secret } from '../domain/ports.js'
import type { NotifierSchema, NotifierSettings, SecretField } from './configuration.js'
import { PACE_KEYS, resolvePace } from './notifier-pace.js'
import { parseSection } from './parse-section.js'
import { resolveSecret, type SecretContext } from './resolve-secret.js'
import type { Section } from './section.js'
import { notifierSchema } from './settings-schema.js'
import { suggestion } from './suggest.js'

export interface NotifierContext extends SecretContext {
  readonly notifierKinds: readonly NotifierSchema[]
  /** A notifier of the user's own, by its path or package; `undefined` where there is none. Rejects with CONFIG_INVALID. */
  findPlugIn?(type: string): Promise<NotifierSchema | undefined>
  /** What is wrong with a route's Liquid template; `undefined`: nothing is. */
  readonly checkTemplate?: (template: string) => string | undefined
}

/** One entry of `notifiers`, checked by the schema that its kind brings along; `undefined` after it has been refused. */
export async function resolveNotifier(
  section: Section,
  context: NotifierContext,
): Promise<NotifierSettings | undefined> {
  const kind = await kindOf(section, context)
  if (!kind) return undefined
  const input = parseSection(section, notifierSchema(kind))
  const secrets = await resolveSecrets(section, kind, context)
  const pace = resolvePace(section)
  if (!input || !secrets || !pace) return undefined
  const options = optionsOf(input, kind)
  if (await isRefused(section, options, kind)) return undefined
  const { type, module } = kind
  const facts = { name: String(section.key), type, options, secrets, pace }
  return module === undefined ? facts : { ...facts, module }
}

async function kindOf(section: Section, context: NotifierContext): Promise<NotifierSchema | undefined> {
  const spot = section.at('type')
  const { notifierKinds } = context
  const known = notifierKinds.map((kind) => kind.type)
  const kind = notifierKinds.find(({ type }) => type === spot.value)
  if (kind || spot.broken || section.broken) return kind
  const value = spot.value
  if (typeof value === 'string') return ownKind(spot, value, context)
  if (section.source !== undefined) section.refuse('is no notifier; write a map such as { type: log }')
  else spot.refuse(`${value === undefined ? 'is missing' : 'is no text'}; ${suggestion('', known)}`)
  return undefined
}

async function ownKind(
  spot: Section,
  type: string,
  context: NotifierContext,
): Promise<NotifierSchema | undefined> {
  try {
    const found = await context.findPlugIn?.(type)
    if (found) return found
  } catch (error) {
    spot.refuse(`${JSON.stringify(spot.source)} ${messageOf(error)}`)
    return undefined
  }
  const cure = /^\.{0,2}\//.test(type)
    ? 'there is no such file beside the settings'
    : suggestion(
        type,
        context.notifierKinds.map((kind) => kind.type),
      )
  spot.refuse(`${JSON.stringify(spot.source)} is no kind of notifier; ${cure}`)
  return undefined
}

/** By what the plug-in itself says of its options. */
async function isRefused(
  section: Section,
  options: Record<string, unknown>,
  kind: NotifierSchema,
): Promise<boolean> {
  try {
    const issues = (await kind.check?.(options)) ?? []
    for (const { path, message } of issues) path.reduce((at, key) => at.at(key), section).refuse(message)
    return issues.length > 0
  } catch (error) {
    section.at('type').refuse(messageOf(error))
    return true
  }
}

function messageOf(error: unknown): string {
  return error instanceof BuildwatchdError ? error.message : String(error)
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
    if (resolved.kind === 'refused' || (resolved.kind === 'absent' && isMissing(section, field, kind)))
      refused = true
  }
  return refused ? undefined : Object.fromEntries(secrets)
}

/** Complains if so. */
function isMissing(
  section: Section,
  { name, required, requiredUnless }: SecretField,
  { secrets }: NotifierSchema,
): boolean {
  const other = secrets.some((secret) => secret.name === requiredUnless)
  if (requiredUnless === undefined ? !required : waives(section, requiredUnless)) return false
  const way = requiredUnless === undefined ? '' : `, or ${requiredUnless}${other ? '' : ': true'}`
  section.at(name).refuse(`is missing; write ${name}: "\${NAME}", ${name}_file with a path${way}`)
  return true
}

/** An option that is true, or another secret that is given. */
function waives(section: Section, name: string): boolean {
  const value = section.at(name).value
  return value === true || typeof value === 'string' || section.at(`${name}_file`).value !== undefined
}

function optionsOf(input: Record<string, unknown>, kind: NotifierSchema): Record<string, unknown> {
  const apart = new Set(['type', ...PACE_KEYS, ...kind.secrets.flatMap(({ name }) => [name, `${name}_file`])])
  return Object.fromEntries(Object.entries(input).filter(([key]) => !apart.has(key)))
}
