import { parsePlainYaml } from './parse-plain-yaml.js'
import { readText } from './read-text.js'
import { openSection, type ReadingContext, type Section } from './section.js'
import type { ParsedYaml } from './yaml-node.js'

/**
 * Reads one file from disk; `undefined` after it has been refused as a whole. An empty file is a section without a
 * value.
 */
export async function openFile(name: string, context: ReadingContext): Promise<Section | undefined> {
  const { text, fault } = await readText(name)
  return openSection({ name, text }, fault ? { faults: [fault] } : await parse(text), context)
}

async function parse(text: string): Promise<ParsedYaml> {
  const plain = parsePlainYaml(text)
  if (plain) return plain
  // Loaded only where it is needed: it takes longer to load than most files to read.
  const { parseYaml } = await import('./parse-yaml.js')
  return parseYaml(text)
}
