import type { Path } from './problem.js'

/** What a YAML file says, with the places where it says it. All offsets are UTF-16 units from the start of the text. */
export type YamlNode = YamlScalar | YamlMap | YamlList | RefusedNode

interface Placed {
  /** Where the value starts. */
  readonly offset: number
}

export interface YamlScalar extends Placed {
  readonly kind: 'scalar'
  /** As YAML 1.2 (core schema) reads it. */
  readonly value: string | number | boolean | null
  /** As it was written, without quotes: `12e5678` where `value` is Infinity. */
  readonly source: string
}

export interface YamlMap extends Placed {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, YamlEntry>
}

export interface YamlEntry {
  readonly keyOffset: number
  readonly node: YamlNode
}

interface YamlList extends Placed {
  readonly kind: 'list'
  readonly items: readonly YamlNode[]
}

/** Stands for what was refused, with a fault of its own, so that what lies around it keeps its place. */
export interface RefusedNode extends Placed {
  readonly kind: 'refused'
}

/** Something wrong with the text itself; `message` says what, `hint` what would be right. */
export interface Fault {
  readonly offset: number
  readonly path: Path
  readonly message: string
  readonly hint?: string
}

export interface ParsedYaml {
  /** Absent for an empty file and where the faults leave nothing to read. */
  readonly root?: YamlNode
  readonly faults: readonly Fault[]
}

export interface Found {
  readonly node: YamlNode
  readonly keyOffset?: number
}

export function childOf(node: YamlNode, key: string | number): Found | undefined {
  if (node.kind === 'map') return typeof key === 'string' ? node.entries.get(key) : undefined
  const item = node.kind === 'list' && typeof key === 'number' ? node.items[key] : undefined
  return item && { node: item }
}
