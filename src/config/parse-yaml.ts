/**
 * YAML text to a tree of placed values, by the `yaml` library; it keeps less than YAML allows, because the rest has no
 * use here and bites: no aliases (a few lines of them grow to gigabytes), no custom tags, no second document, no YAML
 * 1.1 (where `no` is false and `12:30` is a number), no keys other than texts. Duplicate keys are looked for here and
 * not by the library, whose check is quadratic.
 */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type YAMLError,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { composeYaml } from './compose-yaml.js'
import type { Path } from './problem.js'
import type { Fault, ParsedYaml, RefusedNode, YamlEntry, YamlNode } from './yaml-node.js'

const MAX_DEPTH = 16
/** A file that is no YAML at all has a fault at every other character: after the first ones they tell nothing new. */
const MAX_SYNTAX_FAULTS = 50

const PLAIN_TAGS = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((word) => `tag:yaml.org,2002:${word}`),
)

/** Keys that reach into JavaScript's objects instead of naming something. */
const PROTOTYPE_KEY = '__proto__'

export function parseYaml(text: string): ParsedYaml {
  const composed = composeYaml(text)
  if (composed.kind === 'document') return readDocument(composed.document)
  const { kind, offset } = composed
  const [message, hint] = kind === 'too_deep' ? TOO_DEEP : SECOND_DOCUMENT
  return { faults: [{ offset, path: [], message, hint }] }
}

function readDocument({ errors, warnings, directives, contents }: Document.Parsed): ParsedYaml {
  // Unknown tags are refused where they stand, with their key path.
  const syntax = [...errors, ...warnings.filter(({ code }) => code !== 'TAG_RESOLVE_FAILED')]
  if (syntax.length > 0) return { faults: syntaxFaults(syntax) }
  const faults: Fault[] = []
  if (directives?.yaml.explicit && directives.yaml.version !== '1.2') faults.push(OLD_VERSION)
  return contents === null ? { faults } : { root: createReader(faults)(contents, []), faults }
}

/** What is wrong, and what would be right. */
type Refusal = readonly [message: string, hint: string]

const TOO_DEEP: Refusal = ['is nested too deeply', `nest at most ${MAX_DEPTH} levels`]
const SECOND_DOCUMENT: Refusal = ['a second document starts here', 'write one document per file']

const OLD_VERSION: Fault = {
  offset: 0,
  path: [],
  message: 'asks for another version of YAML',
  hint: 'take the %YAML line out: files are read as YAML 1.2',
}

const CURES: Partial<Record<YAMLError['code'], string>> = {
  BAD_DQ_ESCAPE: 'write a backslash as \\\\, or use single quotes',
  BAD_INDENT: 'indent it like the lines it belongs with',
  BAD_SCALAR_START: 'put the text in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put one key on a line, or quote a text that holds ": "',
  MISSING_CHAR: 'close every quote and bracket, and put a blank after every colon',
  MULTILINE_IMPLICIT_KEY: 'put each key on one line, followed by a colon and a blank',
  TAB_AS_INDENT: 'indent with blanks',
}

/** One for a place: the library complains again about what follows from the first. */
function syntaxFaults(errors: readonly YAMLError[]): Fault[] {
  const first = new Map<number, Fault>()
  for (const error of errors) {
    if (!first.has(error.pos[0])) first.set(error.pos[0], syntaxFault(error))
  }
  return [...first.values()].slice(0, MAX_SYNTAX_FAULTS)
}

function syntaxFault(error: YAMLError): Fault {
  const offset = error.pos[0]
  // Some messages quote the text, which may be a secret.
  const detail = error.message
    .replace(/(?<=\w): .*$/s, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
    .slice(0, 200)
  return {
    offset,
    path: [],
    message: `is no valid YAML: ${detail}`,
    hint: CURES[error.code] ?? 'quote texts that hold special characters, and check the indentation above',
  }
}

type Reader = (node: unknown, path: Path) => YamlNode

function createReader(faults: Fault[]): Reader {
  const refuse = (offset: number, path: Path, [message, hint]: Refusal): RefusedNode => {
    faults.push({ offset, path, message, hint })
    return { kind: 'refused', offset }
  }

  const read: Reader = (node, path) => {
    const offset = offsetOf(node)
    const refusal = refusalOf(node, path)
    if (refusal) return refuse(offset, path, refusal)
    if (isMap(node)) return { kind: 'map', entries: entriesOf(node, path), offset }
    if (isSeq(node)) return { kind: 'list', items: itemsOf(node, path), offset }
    if (isScalar(node))
      return { kind: 'scalar', value: scalarValue(node.value), source: node.source ?? '', offset }
    return refuse(offset, path, UNREADABLE)
  }

  const itemsOf = (list: YAMLSeq, path: Path): YamlNode[] =>
    list.items.map((item, index) => read(item, [...path, index]))

  const entriesOf = (map: YAMLMap, path: Path): Map<string, YamlEntry> => {
    const entries = new Map<string, YamlEntry>()
    for (const pair of map.items) addEntry(entries, pair, path)
    return entries
  }

  const addEntry = (entries: Map<string, YamlEntry>, pair: Pair, path: Path): void => {
    const keyOffset = offsetOf(pair.key)
    const key = isScalar(pair.key) ? pair.key.value : undefined
    if (typeof key !== 'string') refuse(keyOffset, path, keyFault(pair.key))
    else if (key === PROTOTYPE_KEY) refuse(keyOffset, [...path, key], NO_PROTOTYPE)
    else if (entries.has(key)) refuse(keyOffset, [...path, key], DUPLICATE)
    else entries.set(key, { keyOffset, node: readValue(pair, [...path, key], keyOffset) })
  }

  /** A key with nothing behind it, as in a block whose lines are all commented out. */
  const readValue = ({ value }: Pair, path: Path, keyOffset: number): YamlNode =>
    value === null ? { kind: 'scalar', value: null, source: '', offset: keyOffset } : read(value, path)

  return read
}

const NO_ALIASES: Refusal = [
  'aliases (*name) are not read',
  'write the value out, or put a text that starts with * in quotes',
]
const UNREADABLE: Refusal = ['is neither a text, a number, a list nor a map', 'write one of these']
const NO_PROTOTYPE: Refusal = ['is no key', 'take it out']
const DUPLICATE: Refusal = ['stands here a second time', 'keep one of the two']

function refusalOf(node: unknown, path: Path): Refusal | undefined {
  if (path.length > MAX_DEPTH) return TOO_DEEP
  if (isAlias(node)) return NO_ALIASES
  const tag = isScalar(node) || isMap(node) || isSeq(node) ? node.tag : undefined
  return tag === undefined || PLAIN_TAGS.has(tag) ? undefined : unknownTag(tag)
}

function unknownTag(tag: string): Refusal {
  return [
    `the tag ${tag.replace('tag:yaml.org,2002:', '!!').slice(0, 60)} is not known`,
    tag.startsWith('!')
      ? 'take it out, or put a text that starts with ! in quotes'
      : 'take it out: plain texts, numbers, lists and maps are all that is needed',
  ]
}

function keyFault(key: unknown): Refusal {
  const source = isScalar(key) ? key.source : undefined
  return source === undefined || source === ''
    ? ['a key must be a text', 'write name: value']
    : [`the key ${source.slice(0, 60)} is no text`, `put it in quotes: "${source.slice(0, 60)}"`]
}

function scalarValue(value: unknown): string | number | boolean | null {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  return null
}

function offsetOf(node: unknown): number {
  const placed = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node)
  return (placed ? node.range?.[0] : undefined) ?? 0
}
