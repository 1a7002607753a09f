import type { Random } from './ports.js'

/**
 * The same numbers for the same seed and label, on every machine (mulberry32). A stream of its own for each label keeps
 * one build's fate apart from how many others there are, and from the order in which they were added.
 */
export function createRandom(seed: number, label = ''): Random {
  return mulberry32(hash(`${seed}/${label}`))
}

/** The same numbers for the same seed: small, fast, and good enough to draw by. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** FNV-1a over UTF-16 units; only has to spread, not to be safe. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
