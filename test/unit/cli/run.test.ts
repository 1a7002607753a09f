import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { captured } from './captured.js'

const SETTINGS = 'accounts: { default: { token: some-token } }\nwatchlists: ["watchlists/*.yaml"]\n'

let dir: string
let file: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'buildwatchd-run-'))
  file = join(dir, 'buildwatchd.yaml')
  await mkdir(join(dir, 'watchlists'))
})

afterEach(() => rm(dir, { recursive: true, force: true }))

describe('run ends at once with 2 and every problem', () => {
  it('when the settings are bad', async () => {
    await writeFile(file, 'accounts: { default: { tokn: x } }\n')
    const { code, stdout, stderr } = await captured(['run', '-c', file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .*buildwatchd\.yaml:1:\d+: accounts\.default\.tokn/m)
  })

  it('when nothing is left to watch, for every watchlist is bad', async () => {
    await writeFile(file, SETTINGS)
    await writeFile(join(dir, 'watchlists', 'a.yaml'), 'watches:\n  - { project: shop, jbo: a }\n')
    await writeFile(join(dir, 'watchlists', 'b.yaml'), '[')
    const { code, stdout, stderr } = await captured(['run', '-c', file])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^error: .*a\.yaml:2:\d+: watches\[0\]/m)
    expect(stderr).toMatch(/^error: .*b\.yaml:1:\d+: /m)
  })
})
