import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import nock from '../../support/nock.js'
import { BASE, BUILD, clientOf, PATH, REF, secret, TOKEN } from './fixtures.js'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('a token that the API serves within a build', () => {
  test.each([
    ['as it is', `Bearer ${TOKEN}`],
    ['in base64', Buffer.from(TOKEN).toString('base64')],
    ['in JSON within the JSON', JSON.stringify({ authorization: TOKEN })],
  ])('%s is hidden before anyone can record it', async (_, message) => {
    nock(BASE)
      .get(PATH)
      .reply(200, { data: { ...BUILD, message, branch: TOKEN } })
    const { build, raw } = await clientOf().getBuild(REF)
    expect(build).toMatchObject({ branch: '[secret]', message: expect.stringContaining('[secret]') })
    expect(JSON.stringify([build, raw])).not.toContain(TOKEN)
  })

  test('is hidden after the token has changed, too', async () => {
    const tokens = ['first-token-1', 'second-token-2']
    const client = clientOf({ token: { reveal: async () => tokens[0] ?? '' } })
    const branches: unknown[] = []
    for (; tokens.length > 0; tokens.shift()) {
      nock(BASE)
        .get(PATH)
        .reply(200, { data: { ...BUILD, branch: tokens[0] } })
      branches.push((await client.getBuild(REF)).build.branch)
    }
    expect(branches).toEqual(['[secret]', '[secret]'])
  })

  test('too short to be told from a word stays, for it would tear holes into builds', async () => {
    nock(BASE).get(PATH).reply(200, { data: BUILD })
    const { build } = await clientOf({ token: secret('main') }).getBuild(REF)
    expect(build.branch).toBe('main')
  })
})
