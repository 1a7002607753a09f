/**
 * How a CloudEvent stands in an HTTP message: the structured and the binary content mode of the HTTP protocol binding 1.0.2,
 * https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md (3.1, 3.2).
 */

export interface CloudEventAttributes {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly datacontenttype: string
}

export const STRUCTURED = { 'content-type': 'application/cloudevents+json; charset=utf-8' } as const

/** The attributes as headers, for a body that is the data alone. */
export function binaryHeaders(event: CloudEventAttributes): Record<string, string> {
  return {
    'content-type': event.datacontenttype,
    'ce-specversion': event.specversion,
    'ce-id': headerValue(event.id),
    'ce-source': headerValue(event.source),
    'ce-type': headerValue(event.type),
    'ce-subject': headerValue(event.subject),
    'ce-time': headerValue(event.time),
  }
}

/**
 * Section 3.1.3.2: space, double quote, percent and all that is not printable ASCII, each byte of UTF-8 as `%XY`; half a
 * character becomes U+FFFD.
 */
function headerValue(text: string): string {
  return Array.from(text, (character) =>
    /^[!#$&-~]$/.test(character) ? character : percentEncoded(character),
  ).join('')
}

function percentEncoded(character: string): string {
  const bytes = new TextEncoder().encode(character)
  return Array.from(bytes, (byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}
