import type { WatchEvent } from '../domain/event.js'

/** `undefined` where somebody else has written to the log: a type that is not known is a newer daemon's, a shape is nobody's. */
export function eventIn(text: string | undefined): WatchEvent | undefined {
  try {
    const event: WatchEvent | null = JSON.parse(text ?? 'null')
    return event !== null && isWhole(event) ? event : undefined
  } catch {
    return undefined
  }
}

/** So much that neither a match nor a loop that reads `data` stumbles over it. */
function isWhole(event: WatchEvent): boolean {
  const { id, type, subject, data }: Partial<WatchEvent> = Object(event)
  const isNamed = typeof id === 'string' && typeof type === 'string' && typeof subject === 'string'
  return isNamed && isRecord(data) && (!('build' in data) || isRecord(data.build))
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
