/** docker-compose.yml, the Dockerfile and the systemd unit as data. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))

export interface ComposeService {
  readonly build?: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly user?: string
  readonly read_only?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly stop_grace_period?: string
  readonly healthcheck?: { readonly test: readonly string[] }
  readonly restart?: string
}

export interface Compose {
  readonly services: { readonly redis: ComposeService; readonly buildwatchd: ComposeService }
  readonly volumes: Readonly<Record<string, unknown>>
}

export interface Instruction {
  readonly word: string
  readonly rest: string
}

export function readFile(path: string): string {
  return readFileSync(`${REPOSITORY}${path}`, 'utf8')
}

export function readCompose(): Compose {
  return parse(readFile('docker-compose.yml'))
}

/** The instructions of a Dockerfile without comments; continued lines are one. */
export function readDockerfile(): Instruction[] {
  const lines = readFile('Dockerfile').replaceAll('\\\n', ' ').split('\n')
  return lines
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, word = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? []
      return { word, rest }
    })
}

/** Those of the last stage: what the image is. */
export function finalStage(instructions: readonly Instruction[]): Instruction[] {
  return instructions.slice(instructions.findLastIndex(({ word }) => word === 'FROM'))
}

/** The JSON form of a CMD: `["node", "dist/main.js", "run"]`. */
export function execForm(text: string): string[] {
  const words: unknown = JSON.parse(text.slice(text.indexOf('[')))
  return Array.isArray(words) ? words.map(String) : []
}

/** `Key=value` lines by key; a key may stand several times. */
export function readUnit(): Map<string, string[]> {
  const settings = new Map<string, string[]>()
  for (const line of readFile('deploy/buildwatchd.service').split('\n')) {
    const [, key, value = ''] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (key !== undefined) settings.set(key, [...(settings.get(key) ?? []), value])
  }
  return settings
}
