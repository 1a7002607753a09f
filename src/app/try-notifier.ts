/** One made-up event, delivered by one notifier through the corridor that all deliveries take; nothing is kept of it. */
import { createHash } from 'node:crypto'
import { deliver } from '../core/deliver.js'
import { type Delivery, type DeliveryEnd, deliveryId } from '../domain/delivery.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { WatchEvent } from '../domain/event.js'
import type { Ledger, Memo, Notifier, OutgoingDelivery } from '../domain/ports.js'
import { SAMPLE_WORDS, type SampleWord, sampleEvent } from '../domain/sample-events.js'
import { checkTemplate } from '../notify/template.js'
import { createLogger } from '../telemetry/logger.js'
import { isExecAllowed, openNotifiers } from './notifiers.js'
import { RefusedSettings } from './refused-settings.js'
import { checkSettings, type Environment, type ValidSettings } from './settings.js'

export interface Trial {
  readonly notifier: string
  readonly type: string
  readonly event: WatchEvent
  /** As it was sent, secrets hidden; absent when it was not sent. */
  readonly body?: string
  readonly end: DeliveryEnd
  /** What came back, in words. */
  readonly answer: string
  readonly tookMs: number
}

export interface TrialRequest {
  readonly notifier: string
  readonly word: string
  /** The words of a route, to be tried with it. */
  readonly template?: string
  readonly file: string
  readonly env: Environment
  readonly out: (line: string) => void
}

/** Rejects with {@link RefusedSettings}, or USAGE for a notifier or word that there is not, or a template that is none. */
export async function tryNotifier(request: TrialRequest): Promise<Trial> {
  const word = sampleWord(request.word)
  refuseFaulty(request.template)
  const settings = await checkSettings(request.file, request.env, { strict: true })
  if (settings.kind === 'invalid') throw new RefusedSettings(settings.problems)
  const configured = settings.configuration.notifiers.get(request.notifier)
  if (!configured) throw unknownNotifier(request, [...settings.configuration.notifiers.keys()])
  const means = { clock: CLOCK, out: request.out, allowExec: isExecAllowed(request.env) }
  const notifiers = openNotifiers([configured], means)
  const notifier = notifiers.named(request.notifier)
  if (!notifier) throw unknownNotifier(request, notifiers.names)
  try {
    const now = CLOCK.now()
    // A build of its own each time: a receiver that drops repeats has to take the second trial, too.
    const event = sampleEvent(word, now, `example-build-${now.toString(36)}`)
    const facts = { notifier: configured.name, type: configured.type, event }
    return {
      ...facts,
      ...(await delivered(event, { name: configured.name, notifier, settings, template: request.template })),
    }
  } finally {
    await notifiers.close()
  }
}

const CLOCK = { now: Date.now }

function sampleWord(text: string): SampleWord {
  const word = SAMPLE_WORDS.find((known) => known === text)
  if (word) return word
  throw new BuildwatchdError('USAGE', `--event takes ${SAMPLE_WORDS.join(', ')}, not ${JSON.stringify(text)}`)
}

function refuseFaulty(template: string | undefined): void {
  const fault = template === undefined ? undefined : checkTemplate(template)
  if (fault !== undefined) throw new BuildwatchdError('USAGE', `--template ${fault}`)
}

function unknownNotifier({ notifier, file }: TrialRequest, names: readonly string[]): BuildwatchdError {
  const there = names.length === 0 ? 'it has none' : `it has: ${names.join(', ')}`
  return new BuildwatchdError('USAGE', `${file} has no notifier ${JSON.stringify(notifier)}; ${there}`)
}

interface Subject {
  readonly name: string
  readonly notifier: Notifier
  readonly settings: ValidSettings
  readonly template: string | undefined
}

async function delivered(
  event: WatchEvent,
  { name, notifier, settings, template }: Subject,
): Promise<Pick<Trial, 'body' | 'end' | 'answer' | 'tookMs'>> {
  const { scrubber } = settings
  const ledger = ledgerOfOne({
    id: deliveryId(event.id, name),
    notifier: name,
    event,
    ...(template === undefined ? {} : { template }),
  })
  const seen: { sent?: OutgoingDelivery; detail?: string } = {}
  const watched: Notifier = {
    ...notifier,
    async send(outgoing, context) {
      seen.sent = outgoing
      const result = await notifier.send(outgoing, context)
      if (result.kind === 'accepted' && result.detail !== undefined) seen.detail = result.detail
      return result
    },
  }
  const began = performance.now()
  await deliver(ledger.id, new AbortController().signal, {
    ledger,
    deliveries: { hasten: async () => undefined },
    notifierNamed: () => watched,
    briefing: async () => ({}),
    groupMsOf: () => 0,
    rateOf: () => undefined,
    memoOf: () => NO_MEMO,
    retrySchedule: [],
    sha256: (text) => createHash('sha256').update(text).digest('base64url'),
    clock: CLOCK,
    random: Math.random,
    logger: createLogger({ level: 'silent', format: 'json', stream: process.stderr, scrubber }),
    meters: { delivered: () => undefined },
  })
  const end = ledger.howItEnded()
  return {
    ...(seen.sent === undefined ? {} : { body: scrubber.scrub(seen.sent.body) }),
    end,
    answer: scrubber.scrub(
      end.kind === 'accepted' ? (seen.detail ?? 'accepted') : (end.detail ?? end.reason),
    ),
    tookMs: Math.round(performance.now() - began),
  }
}

const NO_MEMO: Memo = { recall: async () => undefined, keep: async () => undefined }

function ledgerOfOne(delivery: Delivery) {
  let ended: DeliveryEnd | undefined
  const ledger: Pick<
    Ledger,
    | 'find'
    | 'unbegun'
    | 'begin'
    | 'postpone'
    | 'defer'
    | 'release'
    | 'end'
    | 'suspend'
    | 'isSuspended'
    | 'acceptedAt'
  > = {
    find: async () => ({ ...delivery, openedAt: CLOCK.now() }),
    unbegun: async () => [],
    begin: async (_id, { body }) =>
      body === undefined ? { kind: 'free' } : { kind: 'started', attempt: 1, body },
    postpone: async () => undefined,
    defer: async () => undefined,
    release: async () => undefined,
    end: async (_id, how) => {
      ended = how
    },
    suspend: async () => undefined,
    isSuspended: async () => false,
    acceptedAt: async () => CLOCK.now(),
  }
  return {
    ...ledger,
    id: delivery.id,
    howItEnded(): DeliveryEnd {
      if (ended) return ended
      throw new BuildwatchdError('INTERNAL', 'the trial came to no end')
    },
  }
}
