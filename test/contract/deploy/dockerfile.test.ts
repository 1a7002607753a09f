import { existsSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import {
  execForm,
  finalStage,
  type Instruction,
  REPOSITORY,
  readDockerfile,
  readFile,
} from './deployment-files.js'

const INSTRUCTIONS = readDockerfile()
const FINAL = finalStage(INSTRUCTIONS)

function only(word: string, among: readonly Instruction[] = FINAL): string {
  const found = among.filter((instruction) => instruction.word === word)
  expect(found).toHaveLength(1)
  return found[0]?.rest ?? ''
}

/** What a COPY takes from the build context. */
function sourcesOf({ rest }: Instruction): string[] {
  return rest.startsWith('--from') ? [] : rest.split(/\s+/).slice(0, -1)
}

const COPIED = INSTRUCTIONS.filter(({ word }) => word === 'COPY').flatMap(sourcesOf)
const IGNORED = readFile('.dockerignore').split('\n').filter(Boolean)

describe('the Dockerfile', () => {
  it('starts the daemon with node, never through npm or a shell', () => {
    expect(execForm(only('CMD'))).toEqual(['node', 'dist/main.js', 'run'])
    expect(FINAL.map(({ word }) => word)).not.toContain('ENTRYPOINT')
  })

  it('asks the daemon itself how it is', () => {
    expect(execForm(only('HEALTHCHECK'))).toEqual(['node', 'dist/main.js', 'health'])
  })

  it('runs as a user who is not root, from before the command on', () => {
    expect(only('USER')).toBe('node')
    const order = FINAL.map(({ word }) => word)
    expect(order.indexOf('USER')).toBeLessThan(order.indexOf('CMD'))
  })

  it('stops the daemon by the signal that drains it', () => {
    expect(only('STOPSIGNAL')).toBe('SIGTERM')
  })

  it('copies only what is there', () => {
    expect(COPIED.filter((source) => !existsSync(`${REPOSITORY}${source}`))).toEqual([])
  })

  it('copies nothing that .dockerignore keeps out', () => {
    expect(COPIED.filter((source) => IGNORED.some((entry) => source.split('/')[0] === entry))).toEqual([])
  })

  it('leaves the development packages behind', () => {
    const commands = INSTRUCTIONS.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)
    expect(commands.join('\n')).toContain('npm prune --omit=dev')
  })

  it('takes a Node that the package allows, pinned to its major version', () => {
    const bases = INSTRUCTIONS.filter(({ word }) => word === 'FROM').map(({ rest }) => rest.split(' ')[0])
    const majors = bases.map((base) => Number(/^node:(\d+)-/.exec(base ?? '')?.[1]))
    expect(Math.min(...majors)).toBeGreaterThanOrEqual(20)
    expect(new Set(bases).size).toBe(1)
  })

  it('keeps local data, secrets and tests out of the build context', () => {
    for (const entry of ['.git', '.env', 'node_modules', 'dist', 'data', 'test'])
      expect(IGNORED).toContain(entry)
  })
})
