import { type Environment, interpolate } from './interpolate.js'
import type { Fault, YamlMap, YamlNode, YamlScalar } from './yaml-node.js'

export interface Expanded {
  /** Plain values, references expanded; `undefined` for what is broken. */
  readonly tree: unknown
  readonly broken: ReadonlySet<YamlNode>
  readonly faults: readonly Fault[]
}

/** Turns what a file says into plain values, with the references in its texts expanded. Keys are never expanded. */
export function expand(root: YamlNode | undefined, env: Environment): Expanded {
  const broken = new Set<YamlNode>()
  const faults: Fault[] = []
  /** Of the node at hand; one list for the whole walk, copied only where there is something to report. */
  const path: (string | number)[] = []

  const valueOf = (node: YamlNode): unknown => {
    if (node.kind === 'scalar') return typeof node.value === 'string' ? textOf(node, node.value) : node.value
    if (node.kind === 'map') return mapOf(node)
    if (node.kind === 'list') return node.items.map((item, index) => below(index, item))
    broken.add(node)
    return undefined
  }

  const below = (key: string | number, node: YamlNode): unknown => {
    path.push(key)
    const value = valueOf(node)
    path.pop()
    return value
  }

  /** The parsers refuse `__proto__` as a key, so that a plain object can take all that come. */
  const mapOf = ({ entries }: YamlMap): Record<string, unknown> => {
    const map: Record<string, unknown> = {}
    for (const [key, { node }] of entries) map[key] = below(key, node)
    return map
  }

  const textOf = (node: YamlScalar, template: string): string | undefined => {
    const interpolated = interpolate(template, env)
    if (interpolated.ok) return interpolated.text
    broken.add(node)
    faults.push({
      offset: node.offset,
      path: [...path],
      message: interpolated.message,
      hint: interpolated.hint,
    })
    return undefined
  }

  return { tree: root && valueOf(root), broken, faults }
}
