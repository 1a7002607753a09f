import { describe, expect, it } from '@jest/globals'
import { heldForMs, learnedAllowance, marketOf, mayRetryNow } from '../../../src/core/watch-pace.js'

const NOW = Date.UTC(2026, 0, 5, 12)
const HOUR_MS = 3_600_000
const at = { now: NOW, random: 0 }
const told = (remaining: number, limit = 1000) =>
  learnedAllowance({}, { limit, remaining, resetInMs: HOUR_MS / 2, throttled: false }, at)

describe('the allowance', () => {
  it('is unknown before the first answer, which may be asked for', () => {
    expect(heldForMs({}, NOW)).toBe(0)
  })

  it('is spent down to a tenth, then not before the reset', () => {
    expect(heldForMs(told(101), NOW)).toBe(0)
    expect(heldForMs(told(100), NOW)).toBe(HOUR_MS / 2)
    expect(heldForMs(told(100), NOW + HOUR_MS / 2)).toBe(0)
  })

  it.each([
    [60, 20],
    [30, 15],
    [2000, 200],
  ])('of %i requests leaves %i to others', (limit, reserve) => {
    expect(heldForMs(told(reserve + 1, limit), NOW)).toBe(0)
    expect(heldForMs(told(reserve, limit), NOW)).toBeGreaterThan(0)
  })

  it('is waited for after a 429 as long as that says, and a little more that differs', () => {
    const facts = { remaining: 500, resetInMs: 10_000, throttled: true }
    expect(heldForMs(learnedAllowance({}, facts, at), NOW)).toBe(10_000)
    expect(heldForMs(learnedAllowance({}, facts, { ...at, random: 0.5 }), NOW)).toBe(12_500)
  })

  it('is waited for a minute after a 429 that says nothing', () => {
    expect(heldForMs(learnedAllowance({}, { throttled: true }, at), NOW)).toBe(60_000)
  })

  it('keeps what an answer without headers does not tell', () => {
    expect(learnedAllowance(told(7), { throttled: false }, at)).toEqual(told(7))
  })

  it('allows immediate retries until nothing is left', () => {
    expect([told(1), told(0)].map((each) => mayRetryNow(each, NOW))).toEqual([true, false])
    expect(mayRetryNow(told(0), NOW + HOUR_MS)).toBe(true)
  })
})

describe('the price of a request', () => {
  it('is modest while the allowance is whole, and rises as it runs out', () => {
    const prices = [1000, 500, 250, 110].map((remaining) => marketOf(told(remaining), 1, NOW).priceS)
    expect(prices[0]).toBe(marketOf({}, 1, NOW).priceS)
    expect(prices).toEqual([...prices].sort((a, b) => a - b))
    expect(prices.at(-1)).toBeGreaterThan(10 * (prices[0] ?? 0))
  })
})
