/**
 * The words that options and arguments take where there are only a few, from where the program itself has them. Nothing heavy may be
 * loaded for it: shells ask for their script whenever they start.
 */
import { VERDICTS } from '../domain/line.js'
import { OUTCOMES } from '../domain/outcome.js'
import { SAMPLE_WORDS } from '../domain/sample-events.js'
import { SCHEMA_NAMES } from '../domain/schema-names.js'
import { WATCH_WAYS } from '../domain/watch-ways.js'
import type { CommandFacts, OptionFacts } from './command-tree.js'
import { STATES_BY_WORD } from './delivery-states.js'
import { HISTORY_FORMATS, OUTPUT_FORMATS, TAIL_FORMATS } from './output.js'
import { SHELLS } from './shells.js'

/** `free`: anything, of which a shell knows nothing. */
export type Values = 'free' | 'files' | readonly string[]

/** By the command and the option, or the argument without its brackets. */
export const FIXED_VALUES: Readonly<Record<string, readonly string[]>> = {
  'schema name': SCHEMA_NAMES,
  'completion shell': SHELLS,
  'history --output': HISTORY_FORMATS,
  'watch --via': WATCH_WAYS,
  'tail --on': SAMPLE_WORDS,
  'tail --type': SAMPLE_WORDS,
  'tail --output': TAIL_FORMATS,
  'deliveries list --state': Object.keys(STATES_BY_WORD),
  'notify test --event': SAMPLE_WORDS,
  'route test --outcome': OUTCOMES,
  'route test --verdict': VERDICTS,
}

const BY_VALUE: Readonly<Record<string, Values>> = { format: OUTPUT_FORMATS, file: 'files' }

/** Absent where the option takes no value. */
export function valuesOfOption({ path }: CommandFacts, { names, value }: OptionFacts): Values | undefined {
  if (value === undefined) return undefined
  const [fixed] = names.flatMap((name) => [FIXED_VALUES[[...path, name].join(' ')] ?? []].filter(isFilled))
  return fixed ?? BY_VALUE[value] ?? 'free'
}

/** The first argument's: no command takes words of a fixed set beyond it. */
export function valuesOfArgument({ path, arguments: [first] }: CommandFacts): readonly string[] {
  return first === undefined ? [] : (FIXED_VALUES[[...path, first.name].join(' ')] ?? [])
}

function isFilled(words: readonly string[]): boolean {
  return words.length > 0
}
