/** What a person asks of `tail`, checked: where to begin, and which events. All of it throws USAGE, naming the option. */
import { suggestion } from '../config/suggest.js'
import { BuildwatchdError } from '../domain/errors.js'
import { DIGEST_TRIGGER, TRIGGERS } from '../domain/route.js'
import type { Match } from '../follow/match.js'
import { parseCursor } from '../follow/next-step.js'
import type { Beginning } from '../follow/starting-point.js'
import { pastInstant } from './past-instant.js'

/** As typed. */
export interface TailChoice {
  readonly since?: string
  readonly after?: string
  readonly lines?: string
  readonly team?: string
  readonly project?: string
  readonly job?: string
  readonly service?: string
  readonly branch?: readonly string[]
  readonly on?: readonly string[]
}

export function beginningOf({ since, after, lines }: TailChoice, now: number): Beginning {
  const given = Object.entries({ since, after, lines }).filter(([, text]) => text !== undefined)
  if (given.length > 1)
    throw usage(
      `${given.map(([name]) => `--${name}`).join(' and ')} each say where to begin; give one of them`,
    )
  if (since === 'beginning') return { after: 'beginning' }
  if (since !== undefined) return { since: Math.max(0, pastInstant('--since', since, now)) }
  if (after !== undefined) return { after: cursor(after) }
  return lines === undefined ? {} : { last: count(lines) }
}

function cursor(text: string): string {
  try {
    parseCursor(text)
    return text
  } catch {
    throw usage(
      `--after takes a cursor as --show-cursor prints it, <dataset>:<stream id>, not ${JSON.stringify(text)}; where there is none say --since beginning`,
    )
  }
}

function count(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw usage(`--lines takes a number of events such as 20, not ${JSON.stringify(text)}`)
}

export function matchOf(choice: TailChoice): Match {
  const { team, project, job, service, branch, on } = choice
  for (const [name, value] of Object.entries({ team, project, job, service }))
    if (value?.trim() === '') throw usage(`--${name} is empty; write what it is to be, or leave it out`)
  if (job !== undefined && service !== undefined)
    throw usage('nothing is a job and a service; follow each with a tail of its own')
  const places = Object.entries({ team, project, job, service }).filter(([, value]) => value !== undefined)
  return {
    ...Object.fromEntries(places),
    ...(branch === undefined ? {} : { branch }),
    ...(on === undefined ? {} : { on: on.flatMap(wordsIn) }),
  }
}

type Word = NonNullable<Match['on']>[number]

const WORDS: readonly Word[] = [...TRIGGERS, DIGEST_TRIGGER]

/** `broke,fixed` */
function wordsIn(text: string): Word[] {
  return text.split(',').map((given) => {
    const word = WORDS.find((known) => known === given.trim())
    if (word !== undefined) return word
    throw usage(`--on knows no ${JSON.stringify(given)}; ${suggestion(given, WORDS)}`)
  })
}

function usage(message: string): BuildwatchdError {
  return new BuildwatchdError('USAGE', message)
}
