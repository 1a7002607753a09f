/** What a program gets that imports `buildwatchd/follow`, as it gets it: from `dist`, through the package's own name. */
import { describe, expect, it } from '@jest/globals'
import { loadedModules } from '../../support/loaded-modules.js'
import { REPOSITORY } from '../docs/markdown.js'

async function loadedBy(program: string): Promise<string[]> {
  const { urls } = await loadedModules(['--input-type=module', '--eval', program], { cwd: REPOSITORY })
  return urls
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
