import { formsPattern, HIDDEN, secretForms } from '../domain/secret-forms.js'
import type { Answer } from './exchange.js'

/**
 * Takes the token, in all its shapes, out of what an answer says. Good answers too: a build whose message repeats the
 * request would carry the token into Redis, events and notifications. The pattern is kept while the token stays the same,
 * because making it takes longer than all the rest of reading an answer.
 */
export function createTokenHiding(): (answer: Answer, token: string) => Answer {
  let known: { token: string; pattern: RegExp | undefined } | undefined
  return (answer, token) => {
    if (known?.token !== token) known = { token, pattern: formsPattern(secretForms(token)) }
    return known.pattern ? hiddenIn(answer, known.pattern) : answer
  }
}

function hiddenIn(answer: Answer, pattern: RegExp): Answer {
  const { body } = answer
  const text = body.text.replace(pattern, HIDDEN)
  const headers = hiddenInHeaders(answer.headers, pattern)
  if (text === body.text && headers === answer.headers) return answer
  return { ...answer, headers, body: { ...body, text } }
}

function hiddenInHeaders(headers: Answer['headers'], pattern: RegExp): Answer['headers'] {
  const entries = [...headers]
  if (!entries.some(([, value]) => value.search(pattern) >= 0)) return headers
  return new Map(entries.map(([name, value]) => [name, value.replace(pattern, HIDDEN)]))
}
