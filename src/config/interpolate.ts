/**
 * `${VAR}` and `${VAR:-default}` in the text of one YAML scalar. Works on parsed scalars, never on the raw file, so
 * that no value from the environment can add keys or lines. `$${` is a literal `${`; a `$` before anything else is
 * itself. As in a shell, `:-` also replaces an empty value. Defaults hold no `}` and are not expanded again.
 */

export type Environment = Readonly<Record<string, string | undefined>>

const REFERENCE = /\$\$\{|\$\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\})?/g
const WHOLE = /^\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^}]*)?\}$/

export type Interpolated =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly message: string; readonly hint: string }

/** True for a scalar that is exactly one reference: such a one may fill a number or a boolean. */
export function isWholeReference(template: string): boolean {
  return WHOLE.test(template)
}

export function hasReference(template: string): boolean {
  return template.replaceAll('$${', '').includes('${')
}

/** The variables that a template refers to. */
export function namesIn(template: string): string[] {
  return [...template.matchAll(REFERENCE)].flatMap(([, name]) => name ?? [])
}

export function interpolate(template: string, env: Environment): Interpolated {
  if (!template.includes('${')) return { ok: true, text: template }
  const unset = new Set<string>()
  let malformed = false
  const text = template.replace(REFERENCE, (match, name?: string, fallback?: string) => {
    if (match === '$${') return '${'
    if (name === undefined) {
      malformed = true
      return match
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined
    if (value === undefined && fallback === undefined) unset.add(name)
    return fallback === undefined ? (value ?? '') : value || fallback
  })
  if (malformed) return MALFORMED
  return unset.size === 0 ? { ok: true, text } : unsetFault([...unset])
}

const MALFORMED = {
  ok: false,
  message: 'holds a ${ that starts no reference',
  hint: 'write ${NAME}, ${NAME:-default}, or $${ for a literal ${',
} as const

function unsetFault(names: readonly string[]): Interpolated {
  const [first = ''] = names
  return {
    ok: false,
    message: `the environment variable ${names.join(' and ')} ${names.length > 1 ? 'are' : 'is'} not set`,
    hint: `set it, or give a default where one will do: \${${first}:-…}`,
  }
}
