/** Which alert an event is about, and what it does to it: one alert per line, one per stuck build, one per troubled subject. */
import { createHash } from 'node:crypto'
import { parseBuildKey } from '../domain/build.js'
import {
  type BuildEvent,
  CONCLUDED,
  RECOVERED,
  STUCK,
  type StuckEvent,
  TROUBLED,
  type TroubleEvent,
  type WatchEvent,
} from '../domain/event.js'
import { normaliseCreatedAt } from '../domain/instant.js'
import { lineOf, resultOf } from '../domain/line.js'
import { safeText } from '../domain/safe-text.js'

export interface Alert {
  readonly action: 'trigger' | 'resolve'
  /** The alert's name among ours. */
  readonly about: string
  readonly class: string
}

/** `undefined` where nobody is to be woken, nor may go back to sleep. */
export function alertOf(event: WatchEvent): Alert | undefined {
  switch (event.type) {
    case CONCLUDED:
      return lineAlert(event)
    case STUCK:
      return { action: 'trigger', about: event.id, class: 'stuck' }
    case TROUBLED:
      return troubleAlert('trigger', event)
    case RECOVERED:
      return troubleAlert('resolve', event)
    default:
      return undefined
  }
}

function troubleAlert(action: Alert['action'], { subject, data }: TroubleEvent): Alert {
  return { action, about: subject, class: data.trouble }
}

/** A line looks through builds that were aborted or ended unknown: no event would ever resolve an alert of theirs. */
function lineAlert({ id, subject, data }: BuildEvent): Alert | undefined {
  const { outcome = 'unknown', verdict, superseded, build } = data
  const line = `${resourceOf(subject)}|${data.line ?? lineOf(build)}`
  // Of a line that is new to us too: after a loss of data an alert may be open of which nobody knows.
  if (verdict === 'fixed' || verdict === 'first_passed')
    return { action: 'resolve', about: line, class: verdict }
  if (resultOf(outcome) !== 'failed') return undefined
  const trigger = { action: 'trigger', class: verdict ?? outcome } as const
  if (superseded === undefined) return { ...trigger, about: line }
  // A newer build has said already how the line stands; of one whose age is unknown nobody can say that.
  return normaliseCreatedAt(build.createdAt) === undefined ? { ...trigger, about: id } : undefined
}

/** One key for whatever is told of an alert, at most 255 characters as PagerDuty asks; the same after a loss of data. */
export function dedupKey(about: string, notifier: string): string {
  return createHash('sha256')
    .update(JSON.stringify([about, notifier]))
    .digest('base64url')
}

/** `<resource key>` of a build key. */
function resourceOf(subject: string): string {
  return subject.slice(0, subject.lastIndexOf('/'))
}

/** Where it hurts, in the words of PD-CEF. */
export function placeOf(event: WatchEvent): { source: string; component?: string; group?: string } {
  const ref = isAboutBuild(event) ? parseBuildKey(event.subject) : undefined
  if (ref === undefined) return { source: safeText(event.subject) }
  const [component, group] = [safeText(ref.resource), safeText(ref.project)]
  return { source: resourceOf(event.subject), component, group }
}

function isAboutBuild(event: WatchEvent): event is BuildEvent | StuckEvent {
  return 'build' in event.data
}
