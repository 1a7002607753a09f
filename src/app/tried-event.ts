/** An event to try routes with: one that is at hand as JSON, or one made up of a few facts. */
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { suggestion } from '../config/suggest.js'
import { type BuildRef, buildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import {
  type BuildEvent,
  type BuildEventData,
  CONCLUDED,
  DIGEST,
  RECOVERED,
  STUCK,
  TRANSITIONED,
  TROUBLED,
  type WatchEvent,
} from '../domain/event.js'
import { isoInstant } from '../domain/instant.js'
import { lineOf, resultOf, VERDICTS, type Verdict } from '../domain/line.js'
import { OUTCOMES, type Outcome } from '../domain/outcome.js'
import type { ApiBuild } from '../domain/snapshot.js'

/** Absent: what is usual. Neither outcome nor verdict: the build has just begun. */
export interface DescribedFacts {
  readonly ref: BuildRef
  readonly account: string
  readonly branch?: string
  readonly pullRequest?: string
  readonly outcome?: string
  readonly verdict?: string
  /** In a row: with the one that the event is about, or, of a fix, those before it. */
  readonly failures?: number
  readonly now: number
}

/** Throws USAGE for a word that is none. */
export function describedEvent(facts: DescribedFacts): BuildEvent {
  const { ref, account, now } = facts
  const subject = buildKey(ref)
  const build = buildOf(facts)
  const end = endOf(facts)
  const status = end ? (end.outcome === 'success' ? 'SUCCESS' : end.outcome.toUpperCase()) : 'QUEUED'
  const data: BuildEventData = {
    build: { ...build, status, concluded: end !== undefined },
    seq: end ? 2 : 1,
    from: end ? 'BUILDING' : null,
    to: status,
    observedAt: isoInstant(now),
    ...(end && { ...end, line: lineOf(build) }),
  }
  return {
    specversion: '1.0',
    id: `${subject}#${end ? 'concluded' : status}`,
    source: `buildwatchd/${account}`,
    type: end ? CONCLUDED : TRANSITIONED,
    subject,
    time: isoInstant(now),
    datacontenttype: 'application/json',
    data,
  }
}

function buildOf({ ref, branch, pullRequest }: DescribedFacts): ApiBuild {
  return {
    id: ref.build,
    ...(branch === undefined ? {} : { branch }),
    ...(pullRequest === undefined ? {} : { pullRequestId: pullRequest }),
  }
}

type End = Pick<BuildEventData, 'verdict' | 'consecutive' | 'since' | 'redBuilds'> & {
  readonly outcome: Outcome
}

function endOf({ outcome: given, verdict: meant, failures = 1, now }: DescribedFacts): End | undefined {
  if (given === undefined && meant === undefined) return undefined
  const verdict = meant === undefined ? undefined : wordOf(meant, '--verdict', VERDICTS)
  const outcome = given === undefined ? outcomeOf(verdict) : wordOf(given, '--outcome', OUTCOMES)
  const result = resultOf(outcome)
  if (result === undefined) return { outcome }
  const said = verdict ?? verdictOf(result, failures)
  return {
    outcome,
    verdict: said,
    since: isoInstant(now),
    consecutive: result === 'failed' ? failures : 1,
    ...(said === 'fixed' ? { redBuilds: failures } : {}),
  }
}

const GOOD: ReadonlySet<Verdict | undefined> = new Set<Verdict>(['first_passed', 'fixed', 'still_passing'])

function outcomeOf(verdict: Verdict | undefined): Outcome {
  return GOOD.has(verdict) ? 'success' : 'failure'
}

function verdictOf(result: 'passed' | 'failed', failures: number): Verdict {
  if (result === 'passed') return 'still_passing'
  return failures > 1 ? 'still_failing' : 'broke'
}

function wordOf<Word extends string>(text: string, flag: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === text)
  if (word !== undefined) return word
  throw new BuildwatchdError('USAGE', `${flag} ${JSON.stringify(text)}: ${suggestion(text, words)}`)
}

/** From a file, or from stdin where that is `-`. Rejects with USAGE. */
export async function readEvent(file: string): Promise<WatchEvent> {
  const json = await (file === '-' ? text(process.stdin) : readFile(file, 'utf8')).catch((error: Error) => {
    throw new BuildwatchdError('USAGE', `--event ${file} cannot be read: ${error.message}; name a file, or -`)
  })
  const event = parse(json)
  if (isEvent(event)) return event
  throw new BuildwatchdError(
    'USAGE',
    `--event ${file} holds no event; give one as JSON, as a webhook gets it and the event log holds it`,
  )
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** What of its data makes an event of each type what it is. */
const MARKS: ReadonlyMap<unknown, string> = new Map([
  [TRANSITIONED, 'build'],
  [CONCLUDED, 'build'],
  [STUCK, 'build'],
  [TROUBLED, 'trouble'],
  [RECOVERED, 'trouble'],
  [DIGEST, 'outcomes'],
])

function isEvent(value: unknown): value is WatchEvent {
  if (typeof value !== 'object' || value === null) return false
  const { id, source, subject, type, data } = { id: 0, source: 0, subject: 0, type: 0, data: 0, ...value }
  const mark = MARKS.get(type)
  const areTexts = [id, source, subject].every((text) => typeof text === 'string')
  return areTexts && mark !== undefined && typeof data === 'object' && data !== null && mark in data
}
