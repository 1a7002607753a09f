import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { createScrubber } from '../../../src/telemetry/scrubber.js'

const SECRET = 'hunter2/+"ü&key'

/** Text without brackets or letters of the replacement, so that nothing can look like a secret by accident. */
const surroundings = fc.stringMatching(/^[0-9 ,;]*$/)
const secrets = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' })

describe('createScrubber', () => {
  it('replaces a known value wherever it stands', () => {
    const scrubber = scrubberOf(SECRET)
    expect(scrubber.scrub(`a ${SECRET} b ${SECRET}`)).toBe('a [secret] b [secret]')
  })

  it.each([
    ['percent-encoded', encodeURIComponent(SECRET)],
    [
      'percent-encoded in lower case',
      encodeURIComponent(SECRET).replace(/%../g, (octet) => octet.toLowerCase()),
    ],
    ['form-encoded', new URLSearchParams({ k: SECRET }).toString()],
    ['JSON-escaped', JSON.stringify({ k: SECRET })],
    ['JSON-escaped twice', JSON.stringify(JSON.stringify({ k: SECRET }))],
    ['base64', Buffer.from(SECRET).toString('base64')],
    ['base64url', Buffer.from(SECRET).toString('base64url')],
  ])('knows it %s', (_form, text) => {
    expect(scrubberOf(SECRET).scrub(text)).toContain('[secret]')
  })

  it.each(['', 'u', 'us'])(
    'knows it inside the base64 of a longer text, whatever stands before (%p)',
    (before) => {
      const basic = Buffer.from(`${before}${SECRET}`).toString('base64')
      const left = scrubberOf(SECRET).scrub(basic).replace('[secret]', '')
      expect(left.length).toBeLessThanOrEqual(6)
    },
  )

  it('hides the longer of two values that begin alike, with nothing left over', () => {
    expect(scrubberOf('abcdef', 'abcdefghi').scrub('x abcdefghi')).toBe('x [secret]')
  })

  it('takes values as text, not as patterns', () => {
    expect(scrubberOf('a.c*f(g').scrub('abcccf a.c*f(g')).toBe('abcccf [secret]')
  })

  it('ignores values that are too short to be secret', () => {
    expect(scrubberOf('', 'info', 'token').scrub('info: the token')).toBe('info: the token')
  })

  it('leaves text alone while it knows nothing', () => {
    expect(createScrubber().scrub('anything')).toBe('anything')
  })

  it('uses a value from the moment it is added', () => {
    const scrubber = scrubberOf('first-secret')
    scrubber.scrub('compiled')
    scrubber.add('second-secret')
    expect(scrubber.scrub('first-secret second-secret')).toBe('[secret] [secret]')
  })

  it('lets no value survive in any surroundings and any form', () => {
    fc.assert(
      fc.property(secrets, surroundings, surroundings, (secret, before, after) => {
        const scrubber = scrubberOf(secret)
        for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
          const scrubbed = scrubber.scrub(`${before}<${form}>${after}`)
          expect(scrubbed).toBe(`${before}<[secret]>${after}`)
        }
      }),
    )
  })
})

function scrubberOf(...values: string[]) {
  const scrubber = createScrubber()
  values.forEach((value) => scrubber.add(value))
  return scrubber
}
