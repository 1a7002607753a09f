import { parsePlainYaml } from './parse-plain-yaml.js'
import type { ReadText } from './read-text.js'
import { openSection, type ReadingContext, type Section } from './section.js'
import type { ParsedYaml } from './yaml-node.js'

/** The text of the file `name` as a section; `undefined` after it has been refused as a whole. An empty one is a section without a value. */
export async function openText(
  { name, text, fault }: ReadText & { readonly name: string },
  context: ReadingContext,
): Promise<Section | undefined> {
  return openSection({ name, text }, fault ? { faults: [fault] } : await parse(text), context)
}

async function parse(text: string): Promise<ParsedYaml> {
  const plain = parsePlainYaml(text)
  if (plain) return plain
  // Loaded only where it is needed: it takes longer to load than most files to read.
  const { parseYaml } = await import('./parse-yaml.js')
  return parseYaml(text)
}
