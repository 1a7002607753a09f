/** Random choices that can be made again: every run prints its seed, and `BW_SEED` sets it. */

export interface Seeded {
  readonly seed: number
  /** Uniform in [0, 1). */
  random(): number
  /** A whole number, both ends included. */
  between(least: number, most: number): number
  pick<T>(items: readonly T[]): T
}

export function seeded(name: string): Seeded {
  const seed = Number(process.env['BW_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  process.stderr.write(`${name}: seed ${seed} (BW_SEED=${seed} makes the same choices again)\n`)
  return createSeeded(seed)
}

/** Mulberry32. */
function createSeeded(seed: number): Seeded {
  let state = seed >>> 0
  function random(): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const between = (least: number, most: number): number => least + Math.floor(random() * (most - least + 1))
  return {
    seed,
    random,
    between,
    pick<T>(items: readonly T[]): T {
      const item = items[between(0, items.length - 1)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
  }
}

/** Full sizes under BW_FULL=1 (`npm run test:full`); otherwise reduced, and the factor is printed. */
export function sized(name: string, { full, reduced }: { full: number; reduced: number }): number {
  if (process.env['BW_FULL'] === '1') return full
  process.stderr.write(`${name}: ${reduced} of ${full}, reduced by ${(full / reduced).toFixed(1)}\n`)
  return reduced
}
