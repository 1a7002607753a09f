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
    const { body } = answer
    const text = known.pattern ? body.text.replace(known.pattern, HIDDEN) : body.text
    return text === body.text ? answer : { ...answer, body: { ...body, text } }
  }
}
