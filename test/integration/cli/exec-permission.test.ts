/** Programs are run only where the environment permits it, whatever the settings say. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { captured } from '../../unit/cli/captured.js'

const ENV = { NORTHFLANK_API_TOKEN: 'token' }
const PERMITTED = { ...ENV, BUILDWATCHD_ALLOW_EXEC: '1' }

describe('a notifier that runs a program', () => {
  let dir: string
  let file: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'exec-permission-'))
    file = join(dir, 'buildwatchd.yaml')
    const command = JSON.stringify(['tee', join(dir, 'told')])
    await writeFile(
      file,
      `accounts: { default: { token: "\${NORTHFLANK_API_TOKEN}" } }
notifiers: { deploy: { type: exec, command: ${command} } }
`,
    )
  })
  afterEach(() => rm(dir, { recursive: true }))

  it.each([ENV, { ...ENV, BUILDWATCHD_ALLOW_EXEC: '' }, { ...ENV, BUILDWATCHD_ALLOW_EXEC: '0' }])(
    'fails validation with the place and the cure under %j',
    async (env) => {
      const { code, stderr } = await captured(['validate', '-c', file], env)
      expect(code).toBe(2)
      expect(stderr).toContain(
        `${file}: notifiers.deploy.type: exec would run a program; start buildwatchd with`,
      )
      expect(stderr).toContain('BUILDWATCHD_ALLOW_EXEC=1')
    },
  )

  it('is tried by nobody without leave', async () => {
    expect((await captured(['notify', 'test', 'deploy', '-c', file], ENV)).code).toBe(2)
    await expect(readFile(join(dir, 'told'))).rejects.toThrow('ENOENT')
  })

  it('is valid, and runs it, where the environment permits it', async () => {
    expect(await captured(['validate', '-c', file], PERMITTED)).toMatchObject({ code: 0 })
    const { code, stdout } = await captured(['notify', 'test', 'deploy', '-c', file], PERMITTED)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('taken: exit code 0') })
    expect(JSON.parse(await readFile(join(dir, 'told'), 'utf8'))).toMatchObject({
      data: { verdict: 'broke' },
    })
  })
})
