/** Headers of the user's own that go along with each request: fixed words for a gateway or a router, and no secrets. */
import { z } from 'zod'

const MOST = 20
const LONGEST = 1000
/** RFC 9110, 5.6.2 and 5.5. */
const NAME = /^[!#$%&'*+.^_`|~\w-]{1,100}$/
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/
/** What says how the message is to be read, told apart or carried, and is thus ours or the connection's. */
const OURS =
  /^(?:content-.*|webhook-.*|ce-.*|idempotency-key|user-agent|host|date|expect|connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-connection)$/i
const CREDENTIALS = /^(?:authorization|proxy-authorization|cookie|set-cookie)$/i

export const extraHeadersOption = z
  .record(z.string(), z.string())
  .superRefine((headers, context) => {
    for (const [name, value] of Object.entries(headers)) {
      const problem = problemOf(name, value)
      if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem })
    }
    const names = Object.keys(headers).map((name) => name.toLowerCase())
    if (new Set(names).size < names.length)
      context.addIssue('names a header twice; upper and lower case are the same')
    if (names.length > MOST) context.addIssue(`must be ${MOST} headers at most`)
  })
  .default({})

function problemOf(name: string, value: string): string | undefined {
  if (!NAME.test(name)) return 'is no name of a header'
  if (OURS.test(name)) return 'is set by buildwatchd or by the connection; leave it out'
  if (CREDENTIALS.test(name)) return 'is a credential, which does not belong here; secret proves the sender'
  if (value.length > LONGEST || !VALUE.test(value))
    return `must be 1 to ${LONGEST} printable ASCII characters without space around them`
  return undefined
}
