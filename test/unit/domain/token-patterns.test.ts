import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { hideTokens } from '../../../src/domain/token-patterns.js'

const LETTERS = 'AbCdEfGhIjKlMnOpQrStUvWxYz0123456789'
/** In two parts, so that no scanner of sources takes them for real. */
const made = (prefix: string, rest = LETTERS): string => prefix + rest

describe('what looks like a secret', () => {
  it.each([
    ['a token of GitHub', made('ghp_')],
    ['a fine-grained one', made('github_pat_')],
    ['a token of GitLab', made('glpat-')],
    ['a token of npm', made('npm_')],
    ['a token of Slack', made('xoxb-')],
    ['a key of AWS', made('AKIA', 'ABCDEFGHIJ234567')],
    ['a key of Stripe', made('sk_live_')],
    ['a JWT', `${made('eyJ')}.${LETTERS}.${LETTERS}`],
    ['a signing secret', made('whsec_')],
  ])('is hidden: %s', (_, token) => {
    expect(hideTokens(`npm error: ${token}, and more`)).toBe('npm error: [secret], and more')
    expect(hideTokens(`"${token}"`)).toBe('"[secret]"')
  })

  it.each([
    ['Authorization: Bearer abcdefgh123', 'Authorization: Bearer [secret]'],
    ['git clone https://me:s3cret@git.example.com/x', 'git clone https://me:[secret]@git.example.com/x'],
    ['export DB_PASSWORD=hunter22', 'export DB_PASSWORD=[secret]'],
    ['{"api_key": "abcd1234"}', '{"api_key": "[secret]"}'],
    ['--token abc123def', '--token [secret]'],
    ['-----BEGIN RSA PRIVATE KEY----- MIIE', '[secret]'],
  ])('is hidden in %s', (line, hidden) => {
    expect(hideTokens(line)).toBe(hidden)
  })

  it.each([
    'npm error code E404',
    'Step 7/12 : RUN npm ci --omit=dev',
    'error TS2304: Cannot find name "token".',
    'the password is too short',
    'sha256:262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9',
    'https://registry.npmjs.org:443/left-pad',
  ])('is nothing in %j', (line) => {
    expect(hideTokens(line)).toBe(line)
  })

  it('is no reason to look for long: beginnings of a JWT in a row', () => {
    const begin = performance.now()
    expect(hideTokens('-eyJ'.repeat(16_000))).toBe('-[secret]')
    expect(performance.now() - begin).toBeLessThan(1000)
  })

  it('is looked for in time that grows with the text only', () => {
    const pieces = [
      '://a:',
      'token',
      'secret = ',
      'Bearer ',
      '-----BEGIN ',
      'eyJ',
      '-',
      '_',
      '.',
      'ghp_',
      ' ',
      '"',
      '=',
      'x',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...pieces), fc.constantFrom(...pieces), (one, other) => {
        const text = (one + other).repeat(20_000)
        const begin = performance.now()
        hideTokens(text)
        return performance.now() - begin < 1500
      }),
      { numRuns: 60 },
    )
  })
})
