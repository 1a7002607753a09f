/** Checks one section against a schema and turns what the schema refuses into problems at the places where they stand. */
import type { z } from 'zod'
import { hasReference, isWholeReference } from './interpolate.js'
import { defaultText, unknownKeyText } from './issue-text.js'
import type { Section } from './section.js'

type Issue = z.core.$ZodIssue

/** The checked value; `undefined` after at least one problem has been reported. */
export function parseSection<Schema extends z.ZodType>(
  section: Section,
  schema: Schema,
): z.output<Schema> | undefined {
  const first = schema.safeParse(section.value, { error: defaultText })
  const result =
    first.success || !fillReferences(section, first.error.issues) ? first : again(section, schema)
  if (result.success) return result.data
  reportIssues(section, result.error.issues)
  return undefined
}

function again<Schema extends z.ZodType>(section: Section, schema: Schema) {
  return schema.safeParse(section.value, { error: defaultText })
}

/**
 * A scalar that is exactly one reference arrives as a text. Only the schema knows where a number or a boolean belongs, so
 * its refusal decides which texts to convert; converting all that look like numbers would break ids such as `12e5678`.
 */
function fillReferences(section: Section, issues: readonly Issue[]): boolean {
  return issues.map((issue) => fill(section, issue)).includes(true)
}

/** Of a union, the first branch that the text can be converted for counts. */
function fill(section: Section, issue: Issue): boolean {
  const spot = section.at(...keysOf(issue.path))
  if (issue.code === 'invalid_union') return issue.errors.some((branch) => fillReferences(spot, branch))
  if (issue.code !== 'invalid_type') return false
  if (typeof spot.value !== 'string' || !isWholeReference(spot.source ?? '')) return false
  const value = convert(spot.value, issue.expected)
  if (value !== undefined) spot.replace(value)
  return value !== undefined
}

function convert(text: string, expected: string): number | boolean | undefined {
  if (expected === 'boolean') return { true: true, false: false }[text]
  const isNumber = (expected === 'number' || expected === 'int') && /^-?\d+(\.\d+)?$/.test(text)
  return isNumber ? Number(text) : undefined
}

function reportIssues(section: Section, issues: readonly Issue[]): void {
  const seen = new Set<string>()
  for (const issue of issues.flatMap((each) => flattened(each))) {
    const spot = section.at(...keysOf(issue.path))
    const place = JSON.stringify(issue.path)
    if (spot.broken || seen.has(place)) continue
    if (issue.code === 'unrecognized_keys') refuseKeys(spot, issue)
    else refuseValue(spot, issue.message)
    seen.add(issue.code === 'unrecognized_keys' ? '' : place)
  }
}

/**
 * A union is refused for every branch; the one that came closest, which is the one refused deepest inside, has the
 * reasons.
 */
function flattened(issue: Issue, prefix: readonly PropertyKey[] = []): Issue[] {
  const path = [...prefix, ...issue.path]
  if (issue.message !== '') return [{ ...issue, path }]
  const branches = nestedIssues(issue)
  const closest = branches.toSorted((a, b) => depth(b) - depth(a))[0] ?? []
  const inside = closest.flatMap((nested) => flattened(nested, path))
  return inside.length > 0 ? inside : [{ ...issue, path, message: UNEXPLAINED }]
}

const UNEXPLAINED = '{} is not accepted here; see docs/configuration.md for what is'

function nestedIssues(issue: Issue): readonly (readonly Issue[])[] {
  if (issue.code === 'invalid_union') return issue.errors
  return issue.code === 'invalid_key' || issue.code === 'invalid_element' ? [issue.issues] : []
}

/** How far inside the value a branch was refused: a refused key counts as inside, the wrong type of the whole does not. */
function depth(issues: readonly Issue[]): number {
  return issues.reduce((deepest, issue) => Math.max(deepest, depthOf(issue)), 0)
}

function depthOf({ code, path }: Issue): number {
  return path.length + (code === 'unrecognized_keys' ? 1 : 0)
}

function refuseKeys(section: Section, issue: z.core.$ZodIssueUnrecognizedKeys): void {
  const known = issue.message.split(' ')
  for (const key of issue.keys) section.at(key).refuseKey(unknownKeyText(key, known))
}

/** Complains of a value that the schema let pass; `text` takes the same marks as the texts of schemas. */
export function refuseValue(section: Section, text: string): void {
  section.refuse(text, (part) => withValue(part, section))
}

const SHOWN_LENGTH = 60

/** Shows only what the file says: the value behind a reference may be a secret. */
function withValue(text: string, section: Section): string {
  const source = (section.source ?? '').slice(0, SHOWN_LENGTH)
  return text
    .split(/(\{(?:quoted|absent)?\})/)
    .map((piece) => filled(piece, section, source))
    .join('')
}

function filled(piece: string, section: Section, start: string): string {
  if (piece === '{}') return shown(section, start)
  if (piece === '{quoted}') return JSON.stringify(start)
  if (piece === '{absent}') return start === '' ? 'is empty' : `${start} is read as nothing`
  return piece
}

function shown({ value, source }: Section, start: string): string {
  if (source === undefined) return Array.isArray(value) ? 'a list' : 'a map'
  if (value === null && source === '') return 'nothing'
  if (typeof value !== 'string') return start
  return hasReference(source) ? `the value of ${JSON.stringify(start)}` : JSON.stringify(start)
}

function keysOf(path: readonly PropertyKey[]): (string | number)[] {
  return path.map((key) => (typeof key === 'number' ? key : String(key)))
}
