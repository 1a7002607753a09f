import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LoadedConfiguration, loadConfiguration } from '../../../src/config/load-configuration.js'
import { formatProblem } from '../../../src/config/problem.js'
import { resourceKey } from '../../../src/domain/build.js'
import { ENV, folderOf, KINDS, NOW } from './fixture.js'

export const SETTINGS = `accounts: { default: { token: "\${TOKEN}" }, other: { token: "\${TOKEN}" } }
notifiers: { console: { type: log } }
watchlists: [named.yaml, "lists/*.yaml"]
watches: [{ project: own, job: j }]
`
export const watch = (project: string, more = '') => `watches:\n  - { project: ${project}, job: j${more} }\n`

const FILES = {
  'settings.yaml': SETTINGS,
  'named.yaml': watch('n'),
  'lists/a.yaml': watch('a'),
  'lists/b.yaml': watch('b'),
}

interface Outcome {
  readonly kind: 'loaded' | 'refused'
  /** Projects of all watches that are in force. */
  readonly watched: string[]
  readonly bad: Record<string, string>
  readonly problems: string[]
  readonly warnings: string[]
}

/** A folder whose files change between one load and the next, each load with what the one before has left. */
export async function openFolder(files: Readonly<Record<string, string>> = FILES) {
  const folder = await folderOf(files)
  let lastGood: ReadonlyMap<string, string> = new Map()
  const relative = (text: string) => text.replaceAll(`${folder}/`, '')
  const context = { env: ENV, notifierKinds: KINDS, now: NOW }
  const settings = join(folder, 'settings.yaml')

  async function load(): Promise<Outcome> {
    const result = await loadConfiguration(settings, { ...context, lastGood })
    if (result.ok) lastGood = result.texts
    return outcomeOf(result, relative)
  }
  return {
    folder,
    load,
    strictly: async () => outcomeOf(await loadConfiguration(settings, context), relative),
    texts: () => Object.fromEntries([...lastGood].map(([path, text]) => [relative(path), text])),
    /** `undefined` deletes. */
    write: async (name: string, text: string | Uint8Array | undefined) =>
      text === undefined ? rm(join(folder, name)) : writeFile(join(folder, name), text),
  }
}

function outcomeOf(result: LoadedConfiguration, relative: (text: string) => string): Outcome {
  const shown = (problems: readonly Parameters<typeof formatProblem>[0][]) =>
    problems.map((problem) => relative(formatProblem(problem)))
  const warnings = shown(result.warnings)
  if (!result.ok) return { kind: 'refused', watched: [], bad: {}, problems: shown(result.problems), warnings }
  const { watches, badFiles } = result.configuration
  return {
    kind: 'loaded',
    watched: watches.map(({ ref }) => resourceKey(ref).split('/')[0] ?? ''),
    bad: Object.fromEntries([...badFiles].map(([path, standing]) => [relative(path), standing])),
    problems: shown(result.refused),
    warnings,
  }
}
