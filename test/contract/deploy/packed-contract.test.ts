/** What authors of notifiers are given, as they get it: from the packed package, with the files of docs/own-notifier.md. */
import { execFile } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { fence, readPage } from '../docs/markdown.js'
import { REPOSITORY } from './deployment-files.js'
import { projectWithPackage } from './packed-package.js'

const PAGE = readPage('docs/own-notifier.md')
const PATIENCE_MS = 60_000
const run = promisify(execFile)

describe('the contract kit in the package', () => {
  let home: string
  beforeAll(() => {
    home = projectWithPackage()
    for (const name of ['pager.js', 'pager.test.js'])
      writeFileSync(join(home, name), fence(PAGE, `js ${name}`))
  }, PATIENCE_MS)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  /** Outside of jest, whose variables make a runner within a runner report otherwise. */
  const env = { PATH: process.env['PATH'] }

  it(
    'runs under node:test, and the notifier in the docs keeps it',
    async () => {
      const command = ['--test', '--test-reporter=tap', 'pager.test.js']
      const { stdout } = await run(process.execPath, command, { cwd: home, env })
      expect(stdout).toMatch(/^# pass (1[0-9]|[2-9][0-9])$/m)
      expect(stdout).toMatch(/^# fail 0$/m)
    },
    PATIENCE_MS,
  )

  it(
    'fails there for a notifier that breaks a promise',
    async () => {
      const eager = fence(PAGE, 'js pager.js').replace("redirect: 'manual'", "redirect: 'follow'")
      writeFileSync(join(home, 'pager.js'), eager)
      const ran = run(process.execPath, ['--test', '--test-reporter=tap', 'pager.test.js'], {
        cwd: home,
        env,
      })
      await expect(ran).rejects.toMatchObject({
        stdout: expect.stringMatching(/not ok \d+ - follows no redirect[\s\S]*# fail 1\n/),
      })
    },
    PATIENCE_MS,
  )

  it(
    'brings its types',
    async () => {
      writeFileSync(
        join(home, 'typed.ts'),
        `import { type ContractCheck, notifierContract } from 'buildwatchd/notifier-contract'
         import type { NotifierPlugIn } from 'buildwatchd'
         export const plugIn: NotifierPlugIn = { create: () => ({ send: async () => undefined }) }
         export const checks: readonly ContractCheck[] = notifierContract({
           module: new URL('./pager.js', import.meta.url),
           sample: (endpoint, secret) => ({ options: { url: endpoint.toUpperCase() }, secrets: { token: secret } }),
         })
         // @ts-expect-error: there is no such way.
         notifierContract({ module: 'x.js', sample: () => ({ options: {}, secrets: {} }), reaches: 'space' })\n`,
      )
      const compiler = `${REPOSITORY}node_modules/typescript/bin/tsc`
      const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node']
      await run(process.execPath, [compiler, ...flags, 'typed.ts'], { cwd: home, env })
    },
    PATIENCE_MS,
  )
})
