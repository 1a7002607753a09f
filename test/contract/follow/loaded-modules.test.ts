/** What a program gets that imports the package, as it gets it: from `dist`, through the package's own name. */
import { describe, expect, it } from '@jest/globals'
import { loadedModules } from '../../support/loaded-modules.js'
import { REPOSITORY } from '../docs/markdown.js'

async function loadedBy(program: string): Promise<string[]> {
  const { urls } = await loadedModules(['--input-type=module', '--eval', program], { cwd: REPOSITORY })
  return urls.filter((url) => url.startsWith('file:'))
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

describe('buildwatchd', () => {
  const packagesIn = (urls: readonly string[]) => [
    ...new Set(urls.flatMap((url) => /node_modules\/([^/]+)/.exec(url)?.[1] ?? [])),
  ]

  it('loads the client and the follower, the pauses between tries, and no other package before it is used', async () => {
    const loaded = await loadedBy(`
      import { createClient, followEvents, waitForBuild } from 'buildwatchd'
      if (typeof waitForBuild !== 'function') process.exit(1)
      createClient({ token: 'a-token', baseUrl: 'http://127.0.0.1:1' })
      followEvents({ redis: 'redis://127.0.0.1:1' })`)
    const own = /\/dist\/(?:index|(?:domain|follow|northflank)\/[^/]+)\.js$/
    expect(loaded.some((url) => url.endsWith('/dist/northflank/api-client.js'))).toBe(true)
    expect(loaded.filter((url) => !own.test(url) && !url.includes('/node_modules/'))).toEqual([])
    expect(packagesIn(loaded)).toEqual(['p-retry', 'is-network-error'])
  })

  it('loads undici with the first call, and nothing of the daemon then', async () => {
    const loaded = await loadedBy(`
      import { createClient } from 'buildwatchd'
      const client = createClient({ token: 'a-token', baseUrl: 'http://127.0.0.1:1' })
      const parameters = { projectId: 'shop', jobId: 'nightly', buildId: 'quick-fox-1' }
      await client.get.job.build({ parameters }).catch(() => client.close())`)
    expect(packagesIn(loaded)).toEqual(['p-retry', 'is-network-error', 'undici'])
    expect(loaded.filter((url) => /\/dist\/(?!index|follow|domain|northflank)/.test(url))).toEqual([])
  })
})
