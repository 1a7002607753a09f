/** What a program gets that imports `buildwatchd/follow`, as it gets it: from `dist`, through the package's own name. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'
import { REPOSITORY } from '../docs/markdown.js'

const run = promisify(execFile)

/** Prints the address of each module that is loaded. */
const HOOKS = `
  import { writeSync } from 'node:fs'
  export async function load(url, context, next) {
    writeSync(1, url + '\\n')
    return next(url, context)
  }`
const REGISTER = `
  import { register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOKS)}))`

async function loadedBy(program: string): Promise<string[]> {
  const hooks = `data:text/javascript,${encodeURIComponent(REGISTER)}`
  const args = ['--import', hooks, '--input-type=module', '--eval', program]
  const { stdout } = await run(process.execPath, args, {
    cwd: REPOSITORY,
    env: { PATH: process.env['PATH'] },
  })
  return stdout.split('\n').filter((line) => line.startsWith('file:'))
}

describe('buildwatchd/follow', () => {
  it('loads nothing of the daemon, and no package before it is used', async () => {
    const loaded = await loadedBy(`
      import { followEvents, waitForBuild } from 'buildwatchd/follow'
      if (typeof followEvents !== 'function' || typeof waitForBuild !== 'function') process.exit(1)
      followEvents({ redis: 'redis://127.0.0.1:1' })`)
    expect(loaded.some((url) => url.endsWith('/dist/follow/follow.js'))).toBe(true)
    expect(loaded.filter((url) => !/\/dist\/(follow|domain)\/[^/]+\.js$/.test(url))).toEqual([])
  })

  it('loads ioredis and nothing else when it is', async () => {
    const loaded = await loadedBy(`
      import { followEvents } from 'buildwatchd/follow'
      const stop = new AbortController()
      const onError = () => stop.abort()
      for await (const item of followEvents({ redis: 'redis://127.0.0.1:1', signal: stop.signal, onError })) item`)
    const packages = loaded.flatMap((url) => /node_modules\/([^/]+)/.exec(url)?.[1] ?? [])
    expect(packages[0]).toBe('ioredis')
    expect(loaded.filter((url) => /\/dist\/(?!follow|domain)/.test(url))).toEqual([])
  })
})
