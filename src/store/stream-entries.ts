import type { WatchEvent } from '../domain/event.js'
import type { LoggedEvent } from '../domain/ports.js'
import type { Route } from '../domain/route.js'
import { asFields, asList, asText } from './reply.js'

export interface StreamEntry {
  readonly id: string
  /** Absent when the entry was removed from the stream while it waited to be acknowledged. */
  readonly fields?: Map<string, unknown>
}

/** The entries of the one stream that an XREADGROUP reply holds; it is null when nothing came. */
export function entriesOfStream(reply: unknown): StreamEntry[] {
  if (reply === null || reply === undefined) return []
  const [stream] = asList(reply)
  return stream === undefined ? [] : entriesOf(asList(stream)[1])
}

/** `[[id, fields]…]`. Redis 6.2 claims removed entries as null. */
export function entriesOf(list: unknown): StreamEntry[] {
  return asList(list ?? []).flatMap((item) => {
    if (item === null) return []
    const [id, fields] = asList(item)
    return [fields ? { id: asText(id), fields: asFields(fields) } : { id: asText(id) }]
  })
}

/** `undefined` when it is no event with routes. */
export function parseEntry({ id, fields }: StreamEntry): LoggedEvent | undefined {
  try {
    const event: WatchEvent = JSON.parse(asText(fields?.get('event')))
    const routes: Route[] = JSON.parse(asText(fields?.get('routes')))
    const whole = typeof event?.id === 'string' && Array.isArray(routes)
    return whole ? { logId: id, event, routes } : undefined
  } catch {
    return undefined
  }
}
