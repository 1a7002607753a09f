import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { hideKeys, hideValues } from '../../../src/app/log-secrets.js'

const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()
  .trim()
  .split('\n')

describe('a known secret in a log', () => {
  it('is hidden wherever line breaks part it, and the rest stays on its lines', () => {
    const secret = 'hunter2-hunter3'
    for (let at = 0; at <= secret.length; at++) {
      const lines = [`before ${secret.slice(0, at)}`, `${secret.slice(at)} after`]
      const text = hideValues(lines, [secret]).join('|')
      expect(text.replace('|', '')).toBe('before [secret] after')
    }
  })

  it('is hidden when it is wrapped letter by letter', () => {
    expect(hideValues('xhunter2-y'.split(''), ['hunter2-']).join('')).toBe('x[secret]y')
  })

  it('of several lines is hidden as a whole, and where one of them stands alone', () => {
    expect(hideValues(['a', ...PEM, 'b'], [PEM.join('\n')]).join('')).toBe('a[secret]b')
    expect(hideValues([`#8 0.1 ${PEM[3]}`], [PEM.join('\n')])).toEqual(['#8 0.1 [secret]'])
  })

  it.each([
    ['the password of a URL', 'rediss://me:s3sam%2Fe@redis.example.com:6379/0', 's3sam/e'],
    ['the last part of a webhook', 'https://hooks.slack.com/services/T012/B012/abcdefgh1234', 'abcdefgh1234'],
    ['a parameter', 'https://x.example.com/workflows?api-version=1&sig=Abc123Def456', 'Abc123Def456'],
    [
      'a signing secret without its prefix',
      'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    ],
    [
      'one of several Apprise URLs',
      'slack://x, discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js',
      'JHMHI8qBe7bk2ZwO5U711o3dV_js',
    ],
  ])('is hidden by %s', (_, secret, part) => {
    expect(hideValues([`it said ${part}.`], [secret])).toEqual(['it said [secret].'])
    expect(hideValues(['npm run services webhooks'], [secret])).toEqual(['npm run services webhooks'])
  })

  it('takes nothing from lines that hold none', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (lines) => {
        expect(hideValues(lines, ['\u0001never-there', ''])).toEqual(lines)
      }),
    )
  })
})

describe('a private key in a log', () => {
  const hidden = (lines: readonly string[]) => hideKeys(lines).filter((line) => /[A-Za-z\d+/]{40}/.test(line))

  it('is hidden to its end and no further', () => {
    expect(hideKeys(['cat key', ...PEM, 'npm error in step 2'])).toEqual([
      'cat key',
      PEM[0],
      ...PEM.slice(1).map(() => '[secret]'),
      'npm error in step 2',
    ])
  })

  it('is hidden where the log shows its end only, and behind what a builder prints before each line', () => {
    expect(hideKeys([...PEM.slice(5), 'ok'])).toEqual([...PEM.slice(5).map(() => '[secret]'), 'ok'])
    expect(hidden(PEM.map((line) => `#8 0.312 ${line}`))).toEqual([])
    expect(hidden(PEM.slice(0, 9))).toEqual([])
  })

  it('that is only spoken of takes nothing of what comes after', () => {
    const lines = ['expected -----BEGIN PRIVATE KEY-----', 'npm error code 1 in step 2', 'done with it']
    expect(hideKeys(lines)).toEqual(lines)
  })
})
