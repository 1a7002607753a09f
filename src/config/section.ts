/**
 * One place in one file while it is being read: what stands there, and how to complain about it so that the complaint
 * names file, line, column and key path. Everything that checks settings is written against this and knows nothing of
 * YAML or offsets.
 */
import { expand } from './expand.js'
import type { Environment } from './interpolate.js'
import { createLineIndex, type Position } from './line-index.js'
import { formatKeyPath, type Path, type Problem } from './problem.js'
import { childOf, type Fault, type ParsedYaml, type YamlNode } from './yaml-node.js'

/** Where problems gather while all files are read. */
export interface Findings {
  readonly problems: Problem[]
  readonly warnings: Problem[]
}

export interface ReadingContext {
  readonly env: Environment
  readonly findings: Findings
}

export interface FileText {
  readonly name: string
  readonly text: string
}

interface OpenFile {
  readonly name: string
  readonly positionOf: (offset: number) => Position
  readonly findings: Findings
  /** The plain values of the whole file. */
  readonly tree: unknown
  /** What has been complained about already, and stands in the tree as `undefined`. */
  readonly broken: ReadonlySet<YamlNode>
}

interface Spot {
  /** Absent at the root. */
  readonly parent?: Section
  readonly key?: string | number
  /** Absent where the path leads to nothing. */
  readonly node: YamlNode | undefined
  /** Of the value, or of the nearest thing around it that exists. */
  readonly offset: number
  readonly keyOffset: number
}

/** The file as one section; `undefined` where its text cannot be read as YAML. Reports every fault of the text. */
export function openSection(
  file: FileText,
  { root, faults }: ParsedYaml,
  { env, findings }: ReadingContext,
): Section | undefined {
  const positionOf = createLineIndex(file.text)
  const { tree, broken, faults: more } = expand(root, env)
  for (const fault of [...faults, ...more]) {
    findings.problems.push(problemOf(file.name, positionOf(fault.offset), fault))
  }
  if (!root && faults.length > 0) return undefined
  const offset = root?.offset ?? 0
  return new Section(
    { name: file.name, positionOf, findings, tree, broken },
    { node: root, offset, keyOffset: offset },
  )
}

type Complaint = Pick<Fault, 'path' | 'message' | 'hint'>

function problemOf(file: string, position: Position, { path, message, hint }: Complaint): Problem {
  const problem = { file, ...position, keyPath: formatKeyPath(path), message }
  return hint === undefined ? problem : { ...problem, hint }
}

/** A class, because there is one for every value of every watch: ten closures each would be most of the time to load. */
export class Section {
  readonly #file: OpenFile
  readonly #spot: Spot

  constructor(file: OpenFile, spot: Spot) {
    this.#file = file
    this.#spot = spot
  }

  /** The value with its references expanded; `undefined` where nothing stands. */
  get value(): unknown {
    const { parent, key } = this.#spot
    return parent === undefined || key === undefined ? this.#file.tree : memberOf(parent.value, key)
  }

  /** The scalar as it was written, references not expanded: all that a message may show. */
  get source(): string | undefined {
    return this.#spot.node?.kind === 'scalar' ? this.#spot.node.source : undefined
  }

  /** Something here has been complained about already. */
  get broken(): boolean {
    return this.#spot.node !== undefined && this.#file.broken.has(this.#spot.node)
  }

  /** The last part of the path. */
  get key(): string | number | undefined {
    return this.#spot.key
  }

  get isMap(): boolean {
    return this.#spot.node?.kind === 'map'
  }

  /** Keys of the map, in their order. */
  get keys(): readonly string[] {
    return this.#spot.node?.kind === 'map' ? [...this.#spot.node.entries.keys()] : []
  }

  /** Such as `accounts.default.token`. */
  get keyPath(): string {
    return formatKeyPath(this.#path())
  }

  /** The file that it stands in, as the reader knows it. */
  get file(): string {
    return this.#file.name
  }

  /** Such as `config/watchlists/shop.yaml:12:5`, to point at it from elsewhere. */
  get place(): string {
    const { line, column } = this.#file.positionOf(this.#spot.offset)
    return `${this.#file.name}:${line}:${column}`
  }

  /** True where the key stands, whatever its value. */
  has(key: string): boolean {
    const { node } = this.#spot
    return node?.kind === 'map' && node.entries.has(key)
  }

  at(...path: Path): Section {
    return path.reduce((section: Section, key) => section.#child(key), this)
  }

  /** Replaces the value, where a reference turns out to fill a number or a boolean. */
  replace(value: unknown): void {
    const { parent, key } = this.#spot
    const holder = parent?.value
    if (key !== undefined && typeof holder === 'object' && holder !== null) Reflect.set(holder, key, value)
  }

  /** `text` is "what is wrong; what would be right"; `fill` puts values into the two, after they are told apart. */
  refuse(text: string, fill = (part: string) => part): void {
    this.#file.findings.problems.push(this.#problemAt(this.#spot.offset, halves(text).map(fill)))
  }

  /** The same at the key instead of the value. */
  refuseKey(text: string): void {
    this.#file.findings.problems.push(this.#problemAt(this.#spot.keyOffset, halves(text)))
  }

  warn(text: string): void {
    this.#file.findings.warnings.push(this.#problemAt(this.#spot.offset, halves(text)))
  }

  #child(key: string | number): Section {
    const found = this.#spot.node && childOf(this.#spot.node, key)
    // What is missing is shown where it would have to be added: at the key of what should hold it.
    const { keyOffset } = this.#spot
    if (!found)
      return new Section(this.#file, { parent: this, key, node: undefined, offset: keyOffset, keyOffset })
    const { node } = found
    return new Section(this.#file, {
      parent: this,
      key,
      node,
      offset: node.offset,
      keyOffset: found.keyOffset ?? node.offset,
    })
  }

  #path(): Path {
    const { parent, key } = this.#spot
    return parent === undefined || key === undefined ? [] : [...parent.#path(), key]
  }

  #problemAt(offset: number, [message = '', hint]: readonly string[]): Problem {
    const complaint = { path: this.#path(), message, ...(hint === undefined ? {} : { hint }) }
    return problemOf(this.#file.name, this.#file.positionOf(offset), complaint)
  }
}

function halves(text: string): string[] {
  const cut = text.indexOf('; ')
  return cut === -1 ? [text] : [text.slice(0, cut), text.slice(cut + 2)]
}

function memberOf(holder: unknown, key: string | number): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, key)) return undefined
  return Reflect.get(holder, key)
}
