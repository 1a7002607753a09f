import { expect, it } from '@jest/globals'
import { logEnd } from '../../../src/app/log-end.js'
import { configurationOf, secretOf } from './fixtures.js'

const REF = { project: 'shop', kind: 'jobs', resource: 'nightly', build: 'b' } as const
const TOKEN = 'token-of-the-account'
const HOOK = 'https://discord.com/api/webhooks/1234567890/abcDEF-ghi_789'

function endOf(...lines: string[]): Promise<string[]> {
  const hook = { name: 'chat', type: 'discord', options: {}, secrets: { webhook_url: secretOf(HOOK) } }
  const account = { name: 'default', baseUrl: '', reserve: { kind: 'share', share: 0 } } as const
  return logEnd(REF, 'default', {
    client: { buildLog: async () => lines },
    budget: { take: async () => ({ kind: 'granted', number: 1 }), learn: async () => undefined },
    configuration: configurationOf({
      accounts: new Map([['default', { ...account, token: secretOf(TOKEN) }]]),
      notifiers: new Map([['chat', { ...hook, pace: { concurrency: 1, groupMs: 0 } }]]),
    }),
  })
}

it('hides a secret that its lines part, coloured or not', async () => {
  expect(await endOf('curl: token-of-', '\u001b[31mthe-account\u001b[0m was refused')).toEqual([
    'curl: [secret]',
    ' was refused',
  ])
})

it('hides the part of a URL that is the secret', async () => {
  expect(await endOf('webhook abcDEF-ghi_789 is gone')).toEqual(['webhook [secret] is gone'])
})

it('hides a private key of several lines', async () => {
  const lines = [
    '-----BEGIN PRIVATE KEY-----',
    'a'.repeat(64),
    'bc==',
    '-----END PRIVATE KEY-----',
    'and on it goes',
  ]
  expect(await endOf(...lines)).toEqual([...Array(4).fill('[secret]'), 'and on it goes'])
})

it('leaves out blank lines: some services refuse a message whose log is empty', async () => {
  expect(await endOf('', '  ', '\u001b[0m', 'a')).toEqual(['a'])
})

it('looks through a very long line no longer than it takes to show its beginning', async () => {
  const begin = performance.now()
  const lines = await endOf('-eyJ '.repeat(13_000), 'x'.repeat(60_000))
  expect(lines.map(({ length }) => length)).toEqual([300, 300])
  expect(performance.now() - begin).toBeLessThan(1000)
})
