import { describe, expect, it } from '@jest/globals'
import { assertUrlAllowed, type EgressPolicy, resolveAllowed } from '../../../src/notify/egress-guard.js'

const STRICT: EgressPolicy = { allowPrivate: false, allowInsecure: false }
const PRIVATE: EgressPolicy = { allowPrivate: true, allowInsecure: false }
const INSECURE: EgressPolicy = { allowPrivate: false, allowInsecure: true }

describe('assertUrlAllowed', () => {
  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://127.0.0.1./',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://2130706433/',
    'https://0x7f000001/',
    'https://0/',
    'https://①②⑦.0.0.1/',
    'https://%31%32%37.0.0.1/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::127.0.0.1]/',
    'https://[2002:7f00:1::]/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://[fd00:ec2::254]/',
    'https://224.0.0.1/',
  ])('refuses %s, however the address is written, and names the cure', (url) => {
    expect(() => assertUrlAllowed(new URL(url), STRICT)).toThrow(/no public address; set allow_private: true/)
    expect(() => assertUrlAllowed(new URL(url), PRIVATE)).not.toThrow()
  })

  it('refuses http:// where neither permission is given', () => {
    expect(() => assertUrlAllowed(new URL('http://ci.example.com/'), STRICT)).toThrow(/allow_insecure: true/)
  })

  it('refuses http:// to a public address even where private ones are allowed', () => {
    expect(() => assertUrlAllowed(new URL('http://8.8.8.8/'), PRIVATE)).toThrow(/allow_insecure: true/)
    expect(() => assertUrlAllowed(new URL('http://8.8.8.8/'), INSECURE)).not.toThrow()
  })

  it('refuses a private address where only http:// is allowed', () => {
    expect(() => assertUrlAllowed(new URL('http://10.0.0.1/'), INSECURE)).toThrow(/allow_private: true/)
  })

  it.each(['https://user@ci.example.com/', 'https://:pass-word@ci.example.com/'])(
    'refuses credentials in %s without quoting them',
    (url) => {
      expect(() => assertUrlAllowed(new URL(url), PRIVATE)).toThrow(
        /^credentials stand in the URL; remove them$/,
      )
    },
  )

  it.each(['ftp://example.com/', 'file:///etc/passwd', 'data:,x'])('refuses %s', (url) => {
    expect(() => assertUrlAllowed(new URL(url), PRIVATE)).toThrow(
      expect.objectContaining({ code: 'EGRESS_REFUSED' }),
    )
  })
})

describe('resolveAllowed', () => {
  it('answers all addresses of a public name', async () => {
    const answer = await resolveAllowed(https('ci.example.com'), STRICT, resolvesTo('8.8.8.8', '1.1.1.1'))
    expect(answer.map(({ address }) => address)).toEqual(['8.8.8.8', '1.1.1.1'])
  })

  it('refuses a name when one of its addresses is private', async () => {
    const refused = resolveAllowed(https('rebind.example.com'), STRICT, resolvesTo('8.8.8.8', '127.0.0.1'))
    await expect(refused).rejects.toThrow('rebind.example.com, which is 127.0.0.1, is no public address')
  })

  it('refuses http:// to a name that turns out public where only private ones are allowed', async () => {
    const target = { protocol: 'http:', hostname: 'ci.internal' }
    await expect(resolveAllowed(target, PRIVATE, resolvesTo('8.8.8.8'))).rejects.toThrow(/allow_insecure/)
    await expect(resolveAllowed(target, PRIVATE, resolvesTo('10.0.0.8'))).resolves.toHaveLength(1)
  })

  it('never asks for the name of a literal address', async () => {
    const resolve = () => Promise.reject(new Error('asked'))
    await expect(resolveAllowed(https('[::1]'), PRIVATE, resolve)).resolves.toEqual([
      { address: '::1', family: 6 },
    ])
  })
})

function https(hostname: string) {
  return { protocol: 'https:', hostname }
}

function resolvesTo(...addresses: string[]) {
  return () => Promise.resolve(addresses.map((address) => ({ address, family: 4 })))
}
