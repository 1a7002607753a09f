import type { SendResult } from '../domain/delivery.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { secretForms } from '../domain/secret-forms.js'
import { failureWords } from './failure-words.js'
import { createHiddenValues } from './hidden-values.js'
import type { ProgramRun, StderrEnd } from './run-program.js'

/** How much of stderr stands in a reason: its end, for programs say last what stopped them. */
const MOST_WORDS = 240
const EX_USAGE = 64
const EX_TEMPFAIL = 75
const EX_CONFIG = 78

interface Reading {
  /** Why it was stopped, if it was. */
  readonly because: string | undefined
  readonly secrets: readonly string[]
}

/** By sysexits.h: of the codes that say more than "no", all but EX_TEMPFAIL say that trying again is useless. */
export function resultOfRun({ ended, stderr }: ProgramRun, { because, secrets }: Reading): SendResult {
  const says = (words: string): string => {
    const last = wordsIn(stderr, secrets)
    return last === '' ? words : `${words}: ${last}`
  }
  switch (ended.kind) {
    case 'stopped':
      return { kind: 'retry', reason: says(because ?? 'interrupted') }
    case 'not_started':
      return { kind: 'retry', reason: `the program was not started: ${codeOf(ended.error)}` }
    case 'signalled':
      return { kind: 'retry', reason: says(`ended by ${ended.signal}`) }
    case 'exited':
      if (ended.code === 0) return { kind: 'accepted', detail: 'exit code 0' }
      return { kind: isFinal(ended.code) ? 'refused' : 'retry', reason: says(`exit code ${ended.code}`) }
  }
}

function isFinal(code: number): boolean {
  return code >= EX_USAGE && code <= EX_CONFIG && code !== EX_TEMPFAIL
}

/** `ENOENT` where there is no such program, `EACCES` where it may not be run. */
function codeOf(error: unknown): string {
  return safeExcerpt(failureWords(error).replace('no answer: ', ''), MOST_WORDS)
}

function wordsIn({ text, isCut }: StderrEnd, secrets: readonly string[]): string {
  const hidden = createHiddenValues(secrets)
  // The end of a secret may stand at a cut beginning, where no pattern can know it.
  const unknown = isCut ? Math.max(0, ...secrets.flatMap(secretForms).map(({ length }) => length)) : 0
  const known = hidden.hide(hidden.hide(text).slice(unknown).replaceAll(/\s+/g, ' ').trim())
  return safeExcerpt(known.length > MOST_WORDS ? `…${known.slice(1 - MOST_WORDS)}` : known, MOST_WORDS + 60)
}
