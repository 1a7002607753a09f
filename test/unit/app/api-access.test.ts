import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ApiRequest, openApi } from '../../../src/app/api-access.js'

const BASE = 'http://127.0.0.1:4001'
let dir: string
let settings: string
let broken: string

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'buildwatchd-api-access-'))
  settings = join(dir, 'settings.yaml')
  broken = join(dir, 'broken.yaml')
  const token = '"${FILE_TOKEN:-file-token}"'
  await writeFile(
    settings,
    `accounts: { default: { token: ${token}, base_url: "${BASE}" }, other: { token: ${token} } }\n`,
  )
  await writeFile(broken, '[')
})

afterAll(() => rm(dir, { recursive: true, force: true }))

async function opened(request: Partial<ApiRequest>): Promise<[string, string]> {
  const whole = { file: undefined, defaultFile: settings, account: undefined, env: {}, ...request }
  const { client, baseUrl, identity } = await openApi(whole)
  await client.close()
  return [baseUrl, identity]
}

const ENV = { NORTHFLANK_API_TOKEN: 'env-token', NORTHFLANK_API_URL: 'http://127.0.0.1:4002' }

describe('a one-off read asks', () => {
  it('by the default file where nothing else is said', async () => {
    expect(await opened({})).toEqual([BASE, 'account default'])
  })

  it('by the environment rather than by the default file, even where that is broken', async () => {
    const expected = ['http://127.0.0.1:4002', 'NORTHFLANK_API_TOKEN']
    expect(await opened({ env: ENV })).toEqual(expected)
    expect(await opened({ env: ENV, defaultFile: broken })).toEqual(expected)
  })

  it('the API of the environment with the token of the default file where only the address is set', async () => {
    const env = { NORTHFLANK_API_URL: 'http://127.0.0.1:4002' }
    expect(await opened({ env })).toEqual(['http://127.0.0.1:4002', 'account default'])
  })

  it('by a file that is named rather than by the environment', async () => {
    expect(await opened({ env: ENV, file: settings })).toEqual([BASE, 'account default'])
  })

  it('as the account that is named, at its own address', async () => {
    expect(await opened({ env: ENV, account: 'other' })).toEqual([
      'https://api.northflank.com',
      'account other',
    ])
  })
})

describe('that another address stands in the default file', () => {
  const noticed = async (request: Partial<ApiRequest>): Promise<string | undefined> => {
    const whole = { file: undefined, defaultFile: settings, account: undefined, env: {}, ...request }
    const { client, notice } = await openApi(whole)
    await client.close()
    return notice
  }
  const env = { NORTHFLANK_API_TOKEN: 'env-token' }

  it('is said where only the token of the environment decides against it', async () => {
    expect(await noticed({ env })).toBe(
      `NORTHFLANK_API_TOKEN is set, so that https://api.northflank.com is asked, not ${BASE} of ${settings}; set NORTHFLANK_API_URL, or name the file with -c, to ask there`,
    )
  })

  it.each<[string, () => Partial<ApiRequest>]>([
    ['the environment names an address too', () => ({ env: ENV })],
    ['the file is named, and asked', () => ({ env, file: settings })],
    ['the file is broken', () => ({ env, defaultFile: broken })],
    ['there is no file', () => ({ env, defaultFile: join(dir, 'nowhere.yaml') })],
  ])('is not said where %s', async (_, request) => {
    expect(await noticed(request())).toBeUndefined()
  })
})

describe('the address in NORTHFLANK_API_URL', () => {
  it.each([
    ['http://api.example.com', 'would send the token unencrypted'],
    ['https://user:canary@api.example.com', 'holds credentials'],
    ['https://api.example.com/?key=canary', 'holds a query or fragment'],
    ['api.example.com', 'is no URL'],
    ['https://api.example.com/v1/', 'ends in /v1, which buildwatchd adds to every request'],
    ['ftp://api.example.com', 'is no web address'],
  ])('%s is refused in the words of base_url, and not repeated', async (url, words) => {
    const error: unknown = await opened({ env: { ...ENV, NORTHFLANK_API_URL: url } }).catch((e: unknown) => e)
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`NORTHFLANK_API_URL ${words}`),
    })
    expect(String(error)).not.toContain('canary')
  })

  it('loses the slash at its end', async () => {
    const env = { ...ENV, NORTHFLANK_API_URL: 'https://api.example.com/path/' }
    expect(await opened({ env })).toEqual(['https://api.example.com/path', 'NORTHFLANK_API_TOKEN'])
  })
})

describe('where no token can be found', () => {
  it('a missing file is said', async () => {
    const defaultFile = join(dir, 'nowhere.yaml')
    await expect(opened({ defaultFile })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^no token: set NORTHFLANK_API_TOKEN/),
    })
    await expect(opened({ defaultFile, env: ENV, account: 'other' })).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(/^--account names one of a settings file/),
    })
  })
})
