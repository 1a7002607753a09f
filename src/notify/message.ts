/**
 * What every notifier for people says, before it is brought into the form of its service: plain texts, neutralised and cut,
 * in which nothing foreign can forge a line. Markup is escaped by the notifier, by the rules of its own service.
 */
import {
  CONCLUDED,
  DIGEST,
  RECOVERED,
  STUCK,
  TRANSITIONED,
  TROUBLED,
  type WatchEvent,
} from '../domain/event.js'
import type { Briefing, Occasion } from '../domain/occasion.js'
import type { Outcome } from '../domain/outcome.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { eventWords } from './event-words.js'
import { groupHeadline } from './group-words.js'
import { type Fact, factsOf } from './message-facts.js'

/** How it is meant to be taken: for colours, icons and priorities. */
export type Tone = 'good' | 'bad' | 'warning' | 'neutral'

export interface Message {
  readonly tone: Tone
  /** Build key, target, account or `digest`. */
  readonly subject: string
  /** What follows the subject in a sentence: `failed after 4 min 12 s: broke the line`. */
  readonly words: string
  /** Branch, commit and the like, one line each; few, in a fixed order. */
  readonly facts: readonly Fact[]
  readonly link?: string
  /** The last lines of the log of a failed build, oldest first. */
  readonly logLines: readonly string[]
  /** One for each event of a group, oldest first; empty where there is one event only. */
  readonly parts: readonly Message[]
  /** ISO 8601, of the event. */
  readonly time: string
}

const LONGEST_SUBJECT = 250
const LONGEST_LOG_LINE = 300

export function messageOf(occasion: Occasion): Message {
  const { event, together, briefing } = occasion
  return together.length > 1 ? groupMessage(occasion) : eventMessage(event, briefing)
}

function eventMessage(event: WatchEvent, briefing: Briefing): Message {
  return {
    tone: toneOf(event),
    subject: safeExcerpt(event.subject, LONGEST_SUBJECT),
    words: eventWords(event),
    facts: factsOf(event, briefing),
    ...(briefing.link === undefined ? {} : { link: briefing.link }),
    logLines: (briefing.logLines ?? []).map((line) => safeExcerpt(line, LONGEST_LOG_LINE)),
    parts: [],
    time: event.time,
  }
}

const LOUDEST: readonly Tone[] = ['bad', 'warning', 'good', 'neutral']

function groupMessage({ event, together }: Occasion): Message {
  const parts = together.map((each) => eventMessage(each, {}))
  const tone = LOUDEST.find((loud) => parts.some((part) => part.tone === loud)) ?? 'neutral'
  return {
    tone,
    ...groupHeadline(together),
    facts: [],
    logLines: [],
    parts,
    time: event.time,
  }
}

const OUTCOME_TONES: Readonly<Record<Outcome, Tone>> = {
  success: 'good',
  failure: 'bad',
  crashed: 'bad',
  submission_failure: 'bad',
  aborted: 'neutral',
  unknown: 'warning',
}

/** Of one event by itself. */
export function toneOf(event: WatchEvent): Tone {
  switch (event.type) {
    case TRANSITIONED:
      return 'neutral'
    case CONCLUDED:
      return OUTCOME_TONES[event.data.outcome ?? 'unknown']
    case STUCK:
    case TROUBLED:
      return 'warning'
    case RECOVERED:
      return 'good'
    case DIGEST:
      return event.data.failingLines.length > 0 ? 'bad' : 'neutral'
  }
}
