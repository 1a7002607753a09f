import type { Random } from '../domain/ports.js'

/** One of `items`, all equally likely. Throws RangeError when there is none. */
export function pickOne<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}
