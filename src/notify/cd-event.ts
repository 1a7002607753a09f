/**
 * A build in the words of CDEvents 0.5: `dev.cdevents.build.queued`, `.started` and `.finished` 0.3.0 (cdevents/spec,
 * continuous-integration.md and schemas/build*.json of v0.5.1; read in November 2026). Those events do not say how a build
 * ended, nor of which branch it was: our own data goes along as `customData`.
 */
import { CONCLUDED, isBuildEvent, TRANSITIONED, type WatchEvent } from '../domain/event.js'
import type { CloudEventAttributes } from './cloud-event-http.js'
import { imagePurl } from './image-purl.js'

const SPECVERSION = '0.5.1'
const EVENT_VERSION = '0.3.0'

type Predicate = 'queued' | 'started' | 'finished'

export interface CdEvent {
  readonly context: {
    readonly specversion: typeof SPECVERSION
    readonly id: string
    readonly source: string
    readonly type: string
    readonly timestamp: string
  }
  readonly subject: {
    readonly id: string
    readonly source: string
    readonly content: { readonly artifactId?: string }
  }
  readonly customData: WatchEvent['data']
  readonly customDataContentType: 'application/json'
}

/** `undefined` where CDEvents has no word for what happened. */
export function cdEventOf(event: WatchEvent): CdEvent | undefined {
  const predicate = predicateOf(event)
  if (predicate === undefined) return undefined
  const { id, source, subject, time, data } = event
  return {
    context: {
      specversion: SPECVERSION,
      id,
      source,
      type: `dev.cdevents.build.${predicate}.${EVENT_VERSION}`,
      timestamp: time,
    },
    subject: { id: subject, source, content: contentOf(event) },
    customData: data,
    customDataContentType: 'application/json',
  }
}

/** By the CloudEvents binding of CDEvents (cloudevents-binding.md). */
export function cloudEventAttributesOf({ context, subject }: CdEvent): CloudEventAttributes {
  return {
    specversion: '1.0',
    id: context.id,
    source: context.source,
    type: context.type,
    subject: subject.id,
    time: context.timestamp,
    datacontenttype: 'application/cdevents+json',
  }
}

/** Each phase is told when it is entered: of the statuses in which a build runs, the first says that it has started. */
function predicateOf(event: WatchEvent): Predicate | undefined {
  if (event.type === CONCLUDED) return 'finished'
  if (event.type !== TRANSITIONED) return undefined
  const phase = phaseOf(event.data.to)
  return phase === phaseOf(event.data.from) ? undefined : phase
}

const PHASES: ReadonlyMap<string, Predicate> = new Map([
  ['QUEUED', 'queued'],
  ['PENDING', 'queued'],
  ['UNSCHEDULABLE', 'queued'],
  ['STARTING', 'started'],
  ['CLONING', 'started'],
  ['BUILDING', 'started'],
  ['UPLOADING', 'started'],
  ['IN_PROGRESS', 'started'],
])

function phaseOf(status: string | null): Predicate | undefined {
  return PHASES.get(status ?? '')
}

/** A build that did not succeed names the image that it would have made. */
function contentOf(event: WatchEvent): CdEvent['subject']['content'] {
  if (!isBuildEvent(event) || event.data.outcome !== 'success') return {}
  const artifactId = imagePurl(event.data.build.registry?.uri ?? '')
  return artifactId === undefined ? {} : { artifactId }
}
