/** Reads replies of Lua scripts and of commands that ioredis types as `unknown`. Anything of another shape is a defect. */

export function asList(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw new TypeError(`expected a list from Redis, got ${typeof reply}`)
  return reply
}

export function asText(reply: unknown): string {
  if (typeof reply === 'string') return reply
  if (typeof reply === 'number') return String(reply)
  throw new TypeError(`expected text from Redis, got ${typeof reply}`)
}

export function asNumber(reply: unknown): number {
  const value = Number(asText(reply))
  if (Number.isNaN(value)) throw new TypeError('expected a number from Redis')
  return value
}

/** `[field, value, field, value]` as a map; streams, XINFO and HGETALL-like replies come so. */
export function asFields(reply: unknown): Map<string, unknown> {
  const flat = asList(reply)
  const fields = new Map<string, unknown>()
  for (let at = 0; at + 1 < flat.length; at += 2) fields.set(asText(flat[at]), flat[at + 1])
  return fields
}
