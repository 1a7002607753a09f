import { createHash } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { type Delivery, deliveryId, idempotencyKey } from '../../../src/domain/delivery.js'
import type { BuildEvent } from '../../../src/domain/event.js'
import { eventOf, KEY } from './fixtures.js'

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64url')
}

function deliveryOf(event: BuildEvent, notifier: string): Delivery {
  return { id: deliveryId(event.id, notifier), notifier, event }
}

const ENDED = eventOf({ status: 'FAILURE', concluded: true })

describe('deliveryId', () => {
  it('is the event and the notifier', () => {
    expect(deliveryId(ENDED.id, 'deploy-hook')).toBe(`${KEY}#concluded->deploy-hook`)
  })
})

describe('idempotencyKey', () => {
  it('is base64url of the SHA-256 over version, event id and notifier', () => {
    // printf '["v1","shop/jobs/nightly/quick-fox-1#concluded","deploy-hook"]' | openssl dgst -sha256 -binary | base64
    const known = 'TtMmXIoOTNVbmP2piUJX_xxo1yvRH3oy4lrmg6rL5U8'
    expect(idempotencyKey(deliveryOf(ENDED, 'deploy-hook'), sha256)).toBe(known)
  })

  it('depends on nothing that another probe of the same build would see differently', () => {
    const again = { ...ENDED, time: '2030-01-01T00:00:00.000Z', data: { ...ENDED.data, seq: 9, from: null } }
    expect(idempotencyKey(deliveryOf(again, 'deploy-hook'), sha256)).toBe(
      idempotencyKey(deliveryOf(ENDED, 'deploy-hook'), sha256),
    )
  })

  it('is shared by no two deliveries', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('a', 'a","b', '->', '"', '\\'))
    const pair = fc.tuple(text, text)
    fc.assert(
      fc.property(pair, pair, (one, other) => {
        fc.pre(one[0] !== other[0] || one[1] !== other[1])
        const [first, second] = [one, other].map(([id, notifier]) =>
          idempotencyKey({ id: 'any', notifier, event: { ...ENDED, id } }, sha256),
        )
        expect(first).not.toBe(second)
      }),
    )
  })
})
