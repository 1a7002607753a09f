/**
 * A reader for the part of YAML that nearly every watchlist is written in: block maps and lists, flow collections on
 * one line, plain and simply quoted scalars, comments. It exists for speed: the full library needs 0.3–0.4 s for 256
 * KiB and 76 ms only to load. It must never have an opinion of its own: where a construct has any second reading, or is
 * wrong, it answers `undefined` and the library reads the whole file. A property test holds that what it does answer is
 * what the library says, places included.
 */
import type { ParsedYaml, YamlEntry, YamlNode } from './yaml-node.js'

/** `undefined`: not plain enough, ask the library. */
export function parsePlainYaml(text: string): ParsedYaml | undefined {
  if (FOREIGN_CHARACTER.test(text)) return undefined
  try {
    const lines = significantLines(text)
    if (lines.length === 0) return { faults: [] }
    const cursor = { text, lines, next: 0 }
    const root = block(cursor, 0)
    return cursor.next === lines.length ? { root, faults: [] } : undefined
  } catch (error) {
    if (error === NOT_PLAIN) return undefined
    throw error
  }
}

/** Thrown to leave the recursion; never seen outside. */
const NOT_PLAIN = new Error('not plain')

function notPlain(): never {
  throw NOT_PLAIN
}

/** Anything but printable ASCII, line feeds and common letters: tabs, carriage returns, byte order marks and worse. */
const FOREIGN_CHARACTER = /[^\n -~\u00a1-\u024f]/
const MAX_DEPTH = 8

interface Line {
  /** Columns before the content; moved on when a list item opens a map on its own line. */
  indent: number
  /** Of the content. */
  start: number
  readonly end: number
}

interface Cursor {
  readonly text: string
  readonly lines: readonly Line[]
  next: number
}

function significantLines(text: string): Line[] {
  const lines: Line[] = []
  for (let from = 0; from < text.length; ) {
    const feed = text.indexOf('\n', from)
    const end = feed === -1 ? text.length : feed
    let start = from
    while (text[start] === ' ') start++
    if (start < end && text[start] !== '#') lines.push({ indent: start - from, start, end })
    from = end + 1
  }
  return lines
}

function block(cursor: Cursor, depth: number): YamlNode {
  const line = cursor.lines[cursor.next] ?? notPlain()
  if (depth > MAX_DEPTH) return notPlain()
  return isItem(cursor.text, line)
    ? blockList(cursor, line.indent, depth)
    : blockMap(cursor, line.indent, depth)
}

function isItem(text: string, { start }: Line): boolean {
  return text[start] === '-' && text[start + 1] === ' '
}

function blockList(cursor: Cursor, indent: number, depth: number): YamlNode {
  const items: YamlNode[] = []
  const offset = cursor.lines[cursor.next]?.start ?? 0
  let line = lineAt(cursor, indent)
  while (line && isItem(cursor.text, line)) {
    items.push(item(cursor, line, depth))
    line = lineAt(cursor, indent)
  }
  return { kind: 'list', items, offset }
}

function item(cursor: Cursor, line: Line, depth: number): YamlNode {
  line.start += 2
  line.indent += 2
  if (matchAt(KEY, cursor.text, line.start)) return blockMap(cursor, line.indent, depth + 1)
  cursor.next++
  return wholeLine(cursor.text, line.start, line.end)
}

/** Names only, so that no key can be a number, a date or a merge. */
const KEY = /([A-Za-z_][A-Za-z0-9_-]{0,99}):(?= |\n|$)/y
const NO_NAME = /^(?:null|true|false|__proto__)$/i

function blockMap(cursor: Cursor, indent: number, depth: number): YamlNode {
  const entries = new Map<string, YamlEntry>()
  const offset = cursor.lines[cursor.next]?.start ?? 0
  for (let line = lineAt(cursor, indent); line; line = lineAt(cursor, indent)) {
    const key = matchAt(KEY, cursor.text, line.start)?.[1] ?? notPlain()
    cursor.next++
    addEntry(entries, key, { keyOffset: line.start, node: entryValue(cursor, line, { key, depth }) })
  }
  return { kind: 'map', entries, offset }
}

/** The next line, if it belongs to a block of this indentation; a deeper one belongs to nothing. */
function lineAt({ lines, next }: Cursor, indent: number): Line | undefined {
  const line = lines[next]
  if (line === undefined || line.indent < indent) return undefined
  return line.indent === indent ? line : notPlain()
}

function addEntry(entries: Map<string, YamlEntry>, key: string, entry: YamlEntry): void {
  if (entries.has(key) || NO_NAME.test(key)) notPlain()
  entries.set(key, entry)
}

function entryValue(cursor: Cursor, line: Line, { key, depth }: { key: string; depth: number }): YamlNode {
  const after = skipBlanks(cursor.text, line.start + key.length + 1)
  const isComment = cursor.text[after] === '#'
  if (after < line.end && !isComment) return wholeLine(cursor.text, after, line.end)
  const next = cursor.lines[cursor.next]
  const isInside =
    next !== undefined && (next.indent > line.indent || sameIndentList(cursor.text, line, next))
  return isInside ? block(cursor, depth + 1) : notPlain()
}

/** YAML lets the items of a list stand under their key without indentation. */
function sameIndentList(text: string, line: Line, next: Line): boolean {
  return next.indent === line.indent && isItem(text, next)
}

// ── One line ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A value that ends with its line, a comment aside. */
function wholeLine(text: string, start: number, end: number): YamlNode {
  const { node, after } = isFlowStart(text[start]) ? flowValue(text, start, 0) : blockScalar(text, start, end)
  const rest = skipBlanks(text, after)
  const isComment = text[rest] === '#' && rest > after
  return after <= end && (rest === end || isComment) ? node : notPlain()
}

interface Read {
  readonly node: YamlNode
  /** Offset behind it. */
  readonly after: number
}

function isFlowStart(character: string | undefined): boolean {
  return character === '[' || character === '{' || character === '"' || character === "'"
}

const PLAIN_START = /[A-Za-z0-9_./$\u00a1-\u024f]/

function blockScalar(text: string, start: number, end: number): Read {
  if (!PLAIN_START.test(text[start] ?? '')) return notPlain()
  const comment = text.slice(start, end).indexOf(' #')
  const source = text.slice(start, comment === -1 ? end : start + comment).trimEnd()
  // A colon before a blank would be a key; one at the end, too.
  if (/:(?: |$)/.test(source)) return notPlain()
  return { node: plainScalar(source, start), after: start + source.length }
}

/** Whatever YAML reads as a number in one of its many ways; short whole numbers apart, the library shall read it. */
const NUMBER_LIKE = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$|^0[xo]|^[-+]?\.(?:inf|nan)$/i
const WHOLE_NUMBER = /^(?:0|[1-9]\d{0,14})$/
const WORD = /^(?:null|true|false)$/i

function plainScalar(source: string, offset: number): YamlNode {
  if (source === 'true' || source === 'false')
    return { kind: 'scalar', value: source === 'true', source, offset }
  if (WHOLE_NUMBER.test(source)) return { kind: 'scalar', value: Number(source), source, offset }
  if (WORD.test(source) || NUMBER_LIKE.test(source)) return notPlain()
  return { kind: 'scalar', value: source, source, offset }
}

const DOUBLE_QUOTED = /"([^"\\\n]*)"/y
const SINGLE_QUOTED = /'([^'\n]*)'(?!')/y
const FLOW_PLAIN = /[A-Za-z0-9_./][A-Za-z0-9_./+@*-]*/y

function flowValue(text: string, offset: number, depth: number): Read {
  if (depth > MAX_DEPTH) return notPlain()
  if (text[offset] === '[') return flowList(text, offset, depth)
  if (text[offset] === '{') return flowMap(text, offset, depth)
  const quoted = matchAt(DOUBLE_QUOTED, text, offset) ?? matchAt(SINGLE_QUOTED, text, offset)
  if (quoted) {
    const [whole, source = ''] = quoted
    return { node: { kind: 'scalar', value: source, source, offset }, after: offset + whole.length }
  }
  const [source] = matchAt(FLOW_PLAIN, text, offset) ?? notPlain()
  return { node: plainScalar(source, offset), after: offset + source.length }
}

function flowList(text: string, offset: number, depth: number): Read {
  const items: YamlNode[] = []
  const after = flowItems(text, { offset, close: ']' }, (at) => {
    const { node, after } = flowValue(text, at, depth + 1)
    items.push(node)
    return after
  })
  return { node: { kind: 'list', items, offset }, after }
}

function flowMap(text: string, offset: number, depth: number): Read {
  const entries = new Map<string, YamlEntry>()
  const after = flowItems(text, { offset, close: '}' }, (keyOffset) => {
    const [whole, key = ''] = matchAt(KEY, text, keyOffset) ?? notPlain()
    const { node, after } = flowValue(text, skipBlanks(text, keyOffset + whole.length), depth + 1)
    addEntry(entries, key, { keyOffset, node })
    return after
  })
  return { node: { kind: 'map', entries, offset }, after }
}

/** Reads item after item up to the closing bracket; answers the offset behind it. */
function flowItems(
  text: string,
  { offset, close }: { offset: number; close: string },
  readItem: (at: number) => number,
): number {
  let at = skipBlanks(text, offset + 1)
  if (text[at] === close) return at + 1
  for (;;) {
    at = skipBlanks(text, readItem(at))
    if (text[at] === close) return at + 1
    if (text[at] !== ',') return notPlain()
    at = skipBlanks(text, at + 1)
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ') at++
  return at
}

function matchAt(sticky: RegExp, text: string, offset: number): RegExpExecArray | undefined {
  sticky.lastIndex = offset
  return sticky.exec(text) ?? undefined
}
