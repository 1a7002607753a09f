import type { Secret } from '../domain/ports.js'
import { type Environment, hasReference } from './interpolate.js'
import { createSecret, fileReader, type SecretReader, templateReader } from './secret.js'
import type { Section } from './section.js'

export interface SecretContext {
  readonly env: Environment
  readonly onSecret: (value: string) => void
}

export type ResolvedSecret =
  | { readonly kind: 'secret'; readonly secret: Secret }
  | { readonly kind: 'absent' }
  /** It stands there and is wrong, which has been reported. */
  | { readonly kind: 'refused' }

const REFUSED = { kind: 'refused' } as const

/**
 * The secret `name` of a map that may give it as `name: ${VAR}` or as `name_file: /path`. A variable must be there now;
 * a file need not, because it may be mounted only where the daemon runs: that is a warning.
 */
export async function resolveSecret(
  section: Section,
  name: string,
  context: SecretContext,
): Promise<ResolvedSecret> {
  const inline = section.has(name)
  const file = section.has(`${name}_file`)
  if (inline && file) {
    section
      .at(`${name}_file`)
      .refuseKey(`${name} and ${name}_file both say where the secret is; keep one of them`)
    return REFUSED
  }
  if (file) return secretFromFile(section.at(`${name}_file`), context)
  return inline ? secretFromTemplate(section.at(name), context) : { kind: 'absent' }
}

async function secretFromFile(section: Section, context: SecretContext): Promise<ResolvedSecret> {
  if (typeof section.value !== 'string' || section.value === '') return REFUSED
  const read = fileReader(section.value, section.source)
  const now = await read()
  if (!now.ok) section.warn(now.message)
  return secretOf(section, read, context)
}

async function secretFromTemplate(section: Section, context: SecretContext): Promise<ResolvedSecret> {
  const template = section.source
  if (typeof section.value !== 'string' || template === undefined) return REFUSED
  if (!hasReference(template)) {
    section.warn(
      `stands in clear in this file; write a reference such as "\${NAME}", or use ${section.key}_file`,
    )
  }
  const read = templateReader(template, context.env)
  const now = await read()
  if (now.ok) return secretOf(section, read, context)
  section.refuse(now.message)
  return REFUSED
}

function secretOf({ keyPath }: Section, read: SecretReader, { onSecret }: SecretContext): ResolvedSecret {
  return { kind: 'secret', secret: createSecret({ keyPath, read, onSecret }) }
}
