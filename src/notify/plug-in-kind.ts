/** A plug-in as one more kind of notifier: found by its path or package, asked for what it takes, and made like any other. */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { Notifier, Secret } from '../domain/ports.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { createHiddenValues } from './hidden-values.js'
import type { NotifierSettings } from './notifier-kind.js'
import { createPlugInCalls, type PlugInCalls, SEND_MS } from './plug-in-calls.js'
import { createPlugInHost, PlugInFault } from './plug-in-host.js'
import { sendResultOf } from './plug-in-result.js'

const START_MS = 10_000
const LONGEST_WORDS = 300

interface OptionIssue {
  readonly path: readonly string[]
  readonly message: string
}

/** What the settings are checked with. */
export interface PlugInSchema {
  /** As the settings name it. */
  readonly type: string
  /** `file:` URL. */
  readonly module: string
  /** Takes anything: `check` knows better. */
  readonly options: z.ZodObject
  readonly secrets: readonly { readonly name: string; readonly required: true; readonly describe: string }[]
  check(options: Readonly<Record<string, unknown>>): Promise<readonly OptionIssue[]>
}

/** `undefined` where there is no such file or package. Rejects with CONFIG_INVALID when it is none, or does not answer. */
export async function findPlugIn(
  type: string,
  settingsFile: string,
  deadlineMs = START_MS,
): Promise<PlugInSchema | undefined> {
  const module = moduleOf(type, settingsFile)
  if (module === undefined) return undefined
  const ask = (call: 'describe' | 'check', given: object) => askOnce(module, { call, given, deadlineMs })
  const facts = factsShape.safeParse(await ask('describe', {}))
  if (!facts.success)
    throw new BuildwatchdError(
      'CONFIG_INVALID',
      `${type} is no notifier: its secrets must be a list of names`,
    )
  return {
    type,
    module,
    options: z.looseObject({}),
    secrets: facts.data.secrets.map((name) => ({ name, required: true, describe: `A secret of ${type}.` })),
    check: async (options) => issuesShape.parse(await ask('check', { options })).issues,
  }
}

const factsShape = z.object({
  summary: z.string().optional(),
  secrets: z.array(z.string().regex(/^[a-z][a-z0-9_]{0,62}$/)).max(20),
})
const issuesShape = z.object({
  issues: z.array(z.object({ message: z.string(), path: z.array(z.string()) })),
})

interface Question {
  readonly call: 'describe' | 'check'
  readonly given: object
  readonly deadlineMs: number
}

async function askOnce(module: string, { call, given, deadlineMs }: Question): Promise<unknown> {
  const host = createPlugInHost({ module, name: '', options: {} })
  try {
    return await host.call(call, given, { deadlineMs })
  } catch (error) {
    throw new BuildwatchdError(
      'CONFIG_INVALID',
      `cannot be used: ${safeExcerpt(messageOf(error), LONGEST_WORDS)}`,
    )
  } finally {
    await host.close()
  }
}

const PATH = /^\.{0,2}\//
const PACKAGE = /^(?:@[a-z0-9-~][\w.~-]*\/)?[a-z0-9-~][\w.~-]*$/

function moduleOf(type: string, settingsFile: string): string | undefined {
  const path = PATH.test(type) ? resolve(dirname(settingsFile), type) : packageEntry(type, settingsFile)
  return path !== undefined && existsSync(path) ? pathToFileURL(path).href : undefined
}

/** The file that `import` of the package would load from beside the settings. */
function packageEntry(name: string, settingsFile: string): string | undefined {
  if (!PACKAGE.test(name)) return undefined
  const places = createRequire(resolve(settingsFile)).resolve.paths(name) ?? []
  const home = places
    .map((place) => join(place, name))
    .find((place) => existsSync(join(place, 'package.json')))
  if (home === undefined) return undefined
  const { exports, main } = manifestShape.parse(JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')))
  return join(home, entryOf(exports) ?? main ?? 'index.js')
}

const manifestShape = z.object({ exports: z.unknown(), main: z.string().optional() })

/** Of `exports`, what an `import` of the package itself means: the first of the conditions that Node knows. */
function entryOf(exports: unknown): string | undefined {
  if (typeof exports === 'string') return exports
  if (typeof exports !== 'object' || exports === null) return undefined
  for (const [key, value] of Object.entries(exports)) {
    if (!['.', 'node', 'import', 'default'].includes(key)) continue
    const entry = entryOf(value)
    if (entry !== undefined) return entry
  }
  return undefined
}

/** Its thread starts with the first delivery. */
export function createPlugInNotifier(
  module: string,
  { name, options, secrets }: NotifierSettings<unknown>,
  { sendMs = SEND_MS }: { readonly sendMs?: number } = {},
): Notifier & { close(): Promise<void> } {
  const calls = createPlugInCalls({ module, name, options }, sendMs)
  return {
    render: (occasion) => calls.render(occasion).catch((error: unknown) => refuse(error, secrets)),
    async send({ delivery: { event }, body, idempotencyKey, attempt }, { signal, logger }) {
      const revealed = await revealAll(secrets)
      const hidden = createHiddenValues(Object.values(revealed))
      const delivery = { event, body, idempotencyKey, attempt }
      return sendResultOf(await said(calls, delivery, { secrets: revealed, signal, logger, hidden }), hidden)
    },
    close: () => calls.close(),
  }
}

/** It may quote a secret that it was given with an attempt before. */
async function refuse(fault: unknown, secrets: Readonly<Record<string, Secret>>): Promise<never> {
  const revealed = await revealAll(secrets).catch(() => ({}))
  const words = createHiddenValues(Object.values(revealed)).hide(messageOf(fault))
  throw new PlugInFault(safeExcerpt(words, LONGEST_WORDS))
}

async function said(calls: PlugInCalls, ...given: Parameters<PlugInCalls['send']>): Promise<unknown> {
  try {
    return await calls.send(...given)
  } catch (error) {
    return { kind: 'retry', reason: messageOf(error) }
  }
}

async function revealAll(secrets: Readonly<Record<string, Secret>>): Promise<Record<string, string>> {
  const revealed = Object.entries(secrets).map(async ([name, secret]) => [name, await secret.reveal()])
  return Object.fromEntries(await Promise.all(revealed))
}

function messageOf(error: unknown): string {
  const fault: Partial<PlugInFault> = Object(error)
  return fault.message ?? String(error)
}
