import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from '@jest/globals'
import { z } from 'zod'
import type { Configuration, NotifierSchema } from '../../../src/config/configuration.js'
import { type LoadedConfiguration, loadConfiguration } from '../../../src/config/load-configuration.js'
import { formatProblem } from '../../../src/config/problem.js'
import { BuildwatchdError } from '../../../src/domain/errors.js'

/** Two kinds of notifier, as small as they can be and still have every sort of option. */
export const KINDS: readonly NotifierSchema[] = [
  {
    type: 'log',
    options: z.strictObject({ format: z.enum(['words', 'json']).default('words') }),
    secrets: [],
  },
  {
    type: 'webhook',
    options: z.strictObject({
      url: z.url(),
      unsigned: z.boolean().default(false),
      allow_private: z.boolean().default(false),
      tries: z.number().int().max(5).optional(),
    }),
    secrets: [{ name: 'secret', required: true, requiredUnless: 'unsigned', describe: 'Signs.' }],
  },
]

export const ENV = {
  TOKEN: 'tok-0123456789',
  HOOK_SECRET: 'whsec_MDEyMzQ1Njc4OQ==',
  EMPTY: '',
  TWO_LINES: 'one\ntwo',
  PORT: '7000',
  HIGH_PORT: '70000',
  YES: 'true',
  MAYBE: 'maybe',
}

/** Plug-ins by their paths, without their threads. */
async function findPlugIn(type: string): Promise<NotifierSchema | undefined> {
  if (type === './broken.js')
    throw new BuildwatchdError('CONFIG_INVALID', 'cannot be used: it does not parse')
  if (type !== './moody.js') return undefined
  return {
    type,
    module: 'file:///moody.js',
    options: z.looseObject({}),
    secrets: [],
    check: async ({ mood }) =>
      mood === 'sunny' ? [] : [{ path: ['mood'], message: 'is no mood; write sunny' }],
  }
}

/** The present of all that is loaded here. */
export const NOW = Date.parse('2026-11-25T12:00:00Z')

/** One account and one notifier, on two lines: what is under test starts on the third. */
export const BASE = 'accounts: { default: { token: "${TOKEN}" } }\nnotifiers: { console: { type: log } }\n'

const folders: string[] = []
afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true })))
})

export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'config-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

export interface Loaded {
  readonly result: LoadedConfiguration
  readonly folder: string
  /** As people read them, with the folder left out. */
  readonly problems: string[]
  readonly warnings: string[]
}

/** Loads `settings.yaml` out of the given files. */
export async function load(
  files: Readonly<Record<string, string | Uint8Array>>,
  env: Readonly<Record<string, string>> = ENV,
): Promise<Loaded> {
  const folder = await folderOf(files)
  const result = await loadConfiguration(join(folder, 'settings.yaml'), {
    env,
    notifierKinds: KINDS,
    findPlugIn,
    now: NOW,
  })
  const shown = (problem: Parameters<typeof formatProblem>[0]) =>
    formatProblem(problem).replaceAll(`${folder}/`, '')
  return {
    result,
    folder,
    problems: result.ok ? [] : result.problems.map(shown),
    warnings: result.warnings.map(shown),
  }
}

export async function loadSettings(text: string): Promise<Loaded> {
  return load({ 'settings.yaml': text })
}

/** The configuration of files that are expected to be right. */
export async function configurationOf(
  files: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = ENV,
): Promise<Configuration> {
  const { result, problems } = await load(files, env)
  if (!result.ok) throw new Error(problems.join('\n'))
  return result.configuration
}

/** Files that are refused, and every word of why. */
export interface Refusal {
  readonly what: string
  /** Of settings.yaml. */
  readonly yaml: string
  /** Without `settings.yaml:`. */
  readonly says: readonly string[]
}

export function testRefusals(refusals: readonly Refusal[]): void {
  test.each(refusals)('$what', async ({ yaml, says }) => {
    const { problems } = await loadSettings(yaml)
    expect(problems).toEqual(says.map((text) => `settings.yaml:${text}`))
  })
}
