/**
 * What comes before an attempt: who is told along, the body that all attempts share, and the note that it starts. Nothing has
 * been sent when this ends, so whatever stands in the way costs a wait and no more.
 */

import type { Attempt, BeginResult, DeliveryRate } from '../domain/attempt.js'
import type { DeliveryEnd } from '../domain/delivery.js'
import type { WatchEvent } from '../domain/event.js'
import type { Briefing, Occasion } from '../domain/occasion.js'
import type { Clock, DeliveryQueue, Ledger, Notifier, OpenDelivery } from '../domain/ports.js'

export interface BeginPorts {
  readonly ledger: Pick<Ledger, 'begin' | 'unbegun'>
  readonly deliveries: Pick<DeliveryQueue, 'hasten'>
  /** What else can be said of the event; never rejects. */
  readonly briefing: (event: WatchEvent) => Promise<Briefing>
  /** How long the first of several waits for others to be told along; 0: not at all. */
  readonly groupMsOf: (notifier: string) => number
  /** `undefined` where it may have as many attempts as there are. */
  readonly rateOf: (notifier: string) => DeliveryRate | undefined
  readonly clock: Clock
}

export type Begun =
  | { readonly kind: 'started'; readonly body: string; readonly attempt: number }
  | { readonly kind: 'wait'; readonly inMs: number; readonly why: string }
  /** As every other of its notifier. */
  | { readonly kind: 'paced'; readonly inMs: number; readonly why: string }
  /** The ledger knows of the end, or has to be told; `undefined`: it had ended before. */
  | { readonly kind: 'over'; readonly end: DeliveryEnd | undefined }

/** A message can hold so many events and still be read. */
const MOST_TOGETHER = 20
const LEAST_WAIT_MS = 1000
const MOST_WAIT_MS = 60_000

export async function beginDelivery(
  open: OpenDelivery,
  notifier: Notifier,
  ports: BeginPorts,
): Promise<Begun> {
  const order = notifier.order ?? 'any'
  const groupMs = notifier.canGroup && order === 'any' ? ports.groupMsOf(open.notifier) : 0
  const wait = waitBefore(open, groupMs, ports.clock.now())
  if (wait) return wait
  const rate = ports.rateOf(open.notifier)
  const attempt = { order, together: [], ...(rate && { rate }) }
  const known = await beginAsItIs(open, attempt, ports)
  if (known.kind !== 'free') return begunBy(known)
  const along = groupMs > 0 ? await toldAlong(open, ports) : []
  const rendering = await renderTogether(open, { notifier, along, ports })
  if (rendering.kind === 'failed') return unrenderable(rendering.reason)
  return begunBy(await ports.ledger.begin(open.id, { ...attempt, ...rendering.rendered }))
}

function unrenderable(detail: string): Begun {
  return { kind: 'over', end: { kind: 'dead_lettered', reason: 'unrenderable', detail } }
}

/** Who waits for its turn, or a free span, asks often, and a body may cost requests: it is rendered when the turn has come. */
async function beginAsItIs(
  { id, notifier, body }: OpenDelivery,
  attempt: Attempt,
  { ledger, deliveries }: BeginPorts,
): Promise<BeginResult> {
  if (body === undefined && attempt.order === 'any' && !attempt.rate) return { kind: 'free' }
  const result = await ledger.begin(id, { ...attempt, ...(body === undefined ? {} : { body }) })
  if (result.kind === 'behind' && result.hurried !== undefined)
    await deliveries.hasten(notifier, [result.hurried])
  return result
}

/**
 * It may be called early: by a clock that was set back, or because the first of a group cannot know when its span ends. One
 * that was opened in the future, by a clock that was ahead, has waited long enough for others.
 */
function waitBefore(
  { notBefore = 0, openedAt, body }: OpenDelivery,
  groupMs: number,
  now: number,
): (Begun & { kind: 'wait' }) | undefined {
  if (notBefore > now) return { kind: 'wait', inMs: notBefore - now, why: 'waits for the end of quiet hours' }
  const togetherAt = openedAt + groupMs
  if (body !== undefined || now < openedAt || togetherAt <= now) return undefined
  return { kind: 'wait', inMs: togetherAt - now, why: 'waits for others to be told along' }
}

/** What waits beside this one, in the same words. */
async function toldAlong(
  { id, notifier, template }: OpenDelivery,
  { ledger }: BeginPorts,
): Promise<OpenDelivery[]> {
  const waiting = await ledger.unbegun(notifier, MOST_TOGETHER)
  return waiting.filter((other) => other.id !== id && other.template === template).slice(0, MOST_TOGETHER - 1)
}

interface Rendering {
  readonly notifier: Notifier
  readonly along: readonly OpenDelivery[]
  readonly ports: BeginPorts
}

type Rendered =
  | { readonly kind: 'ok'; readonly rendered: Pick<Attempt, 'together'> & { readonly body: string } }
  | { readonly kind: 'failed'; readonly reason: string }

/** Alone where there is no message for all of them: one that cannot be told must not take the others with it. */
async function renderTogether(open: OpenDelivery, rendering: Rendering): Promise<Rendered> {
  const rendered = await render(open, rendering)
  if (rendered.kind === 'ok' || rendering.along.length === 0) return rendered
  return render(open, { ...rendering, along: [] })
}

async function render(
  { event, template, openedAt }: OpenDelivery,
  { notifier, along, ports }: Rendering,
): Promise<Rendered> {
  const all = [...along, { event, openedAt }].sort((a, b) => a.openedAt - b.openedAt)
  const occasion: Occasion = {
    event,
    together: along.length === 0 ? [] : all.map((each) => each.event),
    briefing: along.length === 0 && !notifier.isPlain ? await ports.briefing(event) : {},
    ...(template === undefined ? {} : { template }),
  }
  try {
    const body = await notifier.render(occasion)
    return { kind: 'ok', rendered: { body, together: along.map(({ id }) => id) } }
  } catch (error) {
    return { kind: 'failed', reason: String(error) }
  }
}

function begunBy(result: BeginResult): Begun {
  switch (result.kind) {
    case 'started':
      return result
    case 'ended':
      return { kind: 'over', end: undefined }
    case 'poison':
      return { kind: 'over', end: { kind: 'dead_lettered', reason: 'poison' } }
    case 'superseded':
      return { kind: 'over', end: { kind: 'suppressed', reason: 'superseded' } }
    case 'behind': {
      const inMs = Math.min(MOST_WAIT_MS, Math.max(LEAST_WAIT_MS, result.inMs))
      return { kind: 'wait', inMs, why: 'waits for those before it in its line' }
    }
    case 'paced':
      return { ...result, why: 'waits for its rate limit' }
    case 'free':
    case 'changed':
      return { kind: 'wait', inMs: 0, why: 'those to be told along have changed' }
  }
}
