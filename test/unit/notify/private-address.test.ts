import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { isPrivateAddress } from '../../../src/notify/private-address.js'

const PRIVATE = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.100.100.200',
  '127.0.0.1',
  '127.255.255.254',
  '168.63.129.16',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.192',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:10.0.0.1',
  '::ffff:7f00:1',
  '::ffff:0:127.0.0.1',
  '64:ff9b::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::808:808',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1',
  '2002:7f00:1::',
  '2002:a00:1::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
]

const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.255.255',
  '172.32.0.1',
  '169.253.1.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:81b::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::8.8.8.8',
  '2002:808:808::1',
]

describe('isPrivateAddress', () => {
  it.each(PRIVATE)('takes %s for private', (address) => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  it.each(PUBLIC)('takes %s for public', (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  })

  it.each(['', 'localhost', '127.1', '1.2.3', '::g', '1.1.1.1.1'])(
    'takes %p, no address, for private',
    (text) => {
      expect(isPrivateAddress(text)).toBe(true)
    },
  )

  it('judges an IPv4 address alike in each of its IPv6 clothes', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
        const hex = [a * 256 + b, c * 256 + d].map((group) => group.toString(16)).join(':')
        const dressed = [`::ffff:${address}`, `::ffff:${hex}`, `64:ff9b::${hex}`, `2002:${hex}::1`]
        expect(dressed.map(isPrivateAddress)).toEqual(Array(4).fill(isPrivateAddress(address)))
      }),
    )
  })

  it('answers for every IPv6 address', () => {
    fc.assert(fc.property(fc.ipV6(), (address) => expect(typeof isPrivateAddress(address)).toBe('boolean')))
  })
})
