import type { WatchEvent } from '../domain/event.js'

/** `undefined` where somebody else has written to the log. */
export function eventIn(text: string | undefined): WatchEvent | undefined {
  try {
    const event: WatchEvent | null = JSON.parse(text ?? 'null')
    return typeof event?.id === 'string' ? event : undefined
  } catch {
    return undefined
  }
}
