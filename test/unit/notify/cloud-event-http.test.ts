import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { binaryHeaders } from '../../../src/notify/cloud-event-http.js'

const EVENT = {
  specversion: '1.0',
  id: 'a',
  source: 'buildwatchd/default',
  type: 'dev.buildwatchd.build.concluded.v1',
  subject: 'shop/jobs/nightly/a',
  time: '2026-03-04T10:16:30.000Z',
  datacontenttype: 'application/json',
} as const

describe('the attributes of a CloudEvent as headers', () => {
  it('stand as the example of the binding does', () => {
    expect(binaryHeaders({ ...EVENT, id: 'Euro € 😀' })).toEqual({
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': 'Euro%20%E2%82%AC%20%F0%9F%98%80',
      'ce-source': 'buildwatchd/default',
      'ce-type': 'dev.buildwatchd.build.concluded.v1',
      'ce-subject': 'shop/jobs/nightly/a',
      'ce-time': '2026-03-04T10:16:30.000Z',
    })
  })

  it('are printable ASCII and read back the same, whatever they hold', () => {
    const text = fc.string({ unit: 'binary', maxLength: 40 })
    fc.assert(
      fc.property(text, (id) => {
        const value = binaryHeaders({ ...EVENT, id })['ce-id'] ?? ''
        expect(value).toMatch(/^[\x21-\x7e]*$/)
        expect(value).not.toContain('"')
        expect(read(value)).toBe(id)
      }),
      { examples: [['%41 "quoted"'], ['a\r\nx-evil: yes'], ['\u0000\u007f\u0085']] },
    )
  })

  it('hold U+FFFD where half a character stood', () => {
    expect(binaryHeaders({ ...EVENT, id: 'a\ud800b' })['ce-id']).toBe('a%EF%BF%BDb')
  })
})

/** Section 3.1.3.2, decoding: one round, over bytes, and no sequence that is not UTF-8. */
function read(value: string): string {
  const bytes = [...value.matchAll(/%([\dA-Fa-f]{2})|([^%])/g)].map(([, hex, plain = '']) =>
    hex === undefined ? plain.charCodeAt(0) : Number.parseInt(hex, 16),
  )
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes))
}
