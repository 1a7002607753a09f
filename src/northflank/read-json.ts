import type { ApiError } from '../domain/errors.js'
import { connectionFailure, timedOut } from './connection-failure.js'
import type { Answer } from './exchange.js'
import { type Asked, apiError, foreignText } from './fault.js'
import { fieldsOf } from './parse-build.js'
import { LARGEST_BODY } from './read-body.js'

const CURE = 'it is asked again later; if this lasts, check base_url and any proxy before it'

/** The fields of the JSON object in a 2xx answer. Throws ApiError when there is none. */
export function readJson({ status, body, late }: Answer, asked: Asked): ReadonlyMap<string, unknown> {
  if (late) throw timedOut(asked, 'the answer did not end within the deadline')
  if (body.end === 'broken') throw connectionFailure(body.fault, asked)
  if (body.end === 'too_large') {
    throw badResponse(asked, { status, what: `the answer is larger than ${sizeOf(asked)}` })
  }
  const fields = fieldsOf(parsed(body.text, { status, asked }))
  if (!fields) throw badResponse(asked, { status, what: 'the answer is no JSON object' })
  return fields
}

function sizeOf({ largestBody }: Asked): string {
  return largestBody === undefined ? `${LARGEST_BODY / 1024 / 1024} MiB` : `${largestBody / 1024} KiB`
}

export function badResponse(asked: Asked, { status, what }: { status: number; what: string }): ApiError {
  return apiError('API_BAD_RESPONSE', asked, { what: `${what} (HTTP ${status})`, cure: CURE, status })
}

function parsed(text: string, { status, asked }: { status: number; asked: Asked }): unknown {
  if (text.trim() === '') throw badResponse(asked, { status, what: 'the answer is empty' })
  try {
    return JSON.parse(text)
  } catch {
    const begins = foreignText({ text: text.slice(0, 16_000), whole: text.length <= 16_000 }, asked)
    throw badResponse(asked, { status, what: `the answer is no JSON: ${begins}` })
  }
}
