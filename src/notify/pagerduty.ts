/**
 * The Events API v2 of PagerDuty (developer.pagerduty.com/docs/events-api-v2: "Overview", "Send an Alert Event"; its OpenAPI in
 * PagerDuty/api-schema@8574381; read in November 2026). One alert per line: what breaks a line, or finds it still broken,
 * triggers it, what fixes the line resolves it. A stuck build and the watcher's own trouble have alerts of their own. A resolve
 * for which no alert is open is dropped there, and a trigger for an open one joins it: repeats do no harm. Nothing is markup.
 */
import { z } from 'zod'
import type { SendResult } from '../domain/delivery.js'
import { BuildwatchdError } from '../domain/errors.js'
import { CONCLUDED, STUCK } from '../domain/event.js'
import type { Occasion } from '../domain/occasion.js'
import type { Memo, Secret } from '../domain/ports.js'
import { safeText } from '../domain/safe-text.js'
import { escapedExcerpt, lastLines } from './fitting.js'
import { httpOptions, httpUrl, policyOf, urlProblem } from './http-options.js'
import { type Message, messageOf, type Tone } from './message.js'
import { defineNotifierKind } from './notifier-kind.js'
import { alertOf, dedupKey, placeOf } from './pagerduty-alert.js'
import { ownText, templateOption } from './template.js'

const LONGEST_SUMMARY = 1024
/** The whole event may have 512 KB. */
const LONGEST_LOG = 20_000
/** PagerDuty answers another length with a 400, which would be the end of the delivery. */
const ROUTING_KEY = /^[\x21-\x7e]{32}$/

/** Stands in place of a body; said as the detail of the delivery. */
const NOTHING = 'nothing to page for'

const SEVERITIES: Readonly<Record<Tone, string>> = {
  bad: 'error',
  warning: 'warning',
  good: 'info',
  neutral: 'info',
}

const options = z
  .strictObject({
    severity: z
      .enum(['critical', 'error', 'warning', 'info'])
      .optional()
      .describe(
        'The severity of every alert; by default `error` for failed builds, `warning` for stuck ones and for trouble.',
      ),
    template: templateOption,
    api_url: httpUrl()
      .default('https://events.pagerduty.com/v2')
      .describe('Base URL of the Events API; `https://events.eu.pagerduty.com/v2` for accounts in the EU.'),
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.api_url, policyOf(value))
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['api_url'], message: problem })
  })

type PagerdutyOptions = z.output<typeof options>

export const pagerdutyKind = defineNotifierKind({
  type: 'pagerduty',
  summary: 'Opens a PagerDuty alert when a line of builds breaks, and resolves it when it is fixed.',
  reaches: 'http',
  mergedWhenSending: ['routing_key'],
  options,
  secrets: [
    {
      name: 'routing_key',
      required: true,
      describe: 'The integration key of an "Events API v2" integration, 32 characters.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: { api_url: `${endpoint}/v2` },
    secrets: { routing_key: secret.slice(0, 32) },
  }),
  create({ name, options, secrets }, { http }) {
    return {
      order: 'in_turn',
      render: (occasion) => rendered(occasion, name, options),
      async send({ body, idempotencyKey, delivery }, { signal, memo }) {
        const post = async (event: string, key: string): Promise<SendResult> => {
          const routingKey = await revealed(name, secrets.routing_key)
          const headers = { 'content-type': 'application/json; charset=utf-8' }
          const routed = withRoutingKey(event, routingKey)
          return http.send(
            { url: urlOf(options), method: 'POST', headers, body: routed, idempotencyKey: key },
            { ...policyOf(options), signal, secrets: [routingKey] },
          )
        }
        if (delivery.event.type === STUCK && !(await opened(delivery.event.id, memo))) return ENDED
        const told: SendResult =
          body === NOTHING ? { kind: 'accepted', detail: NOTHING } : await post(body, idempotencyKey)
        if (told.kind !== 'accepted' || delivery.event.type !== CONCLUDED) return told
        const stuck = `${delivery.event.subject}#stuck`
        const resolved = await resolvedOnce(stuck, memo, () =>
          post(JSON.stringify(resolveEvent(dedupKey(stuck, name))), `${idempotencyKey}/stuck`),
        )
        return resolved ?? told
      },
    }
  },
})

const OPEN = 'open'
const RESOLVED = 'resolved'
const ENDED: SendResult = { kind: 'accepted', detail: 'the build has ended already' }

/** Noted before it is sent, so that no alert is open of which nobody knows. `false` where its build has ended. */
async function opened(alert: string, memo: Memo): Promise<boolean> {
  if ((await memo.recall(alert)) === RESOLVED) return false
  await memo.keep(alert, OPEN)
  return true
}

/** The end of a build ends its being stuck, whatever else it means; `undefined` where that was never told. */
async function resolvedOnce(
  alert: string,
  memo: Memo,
  resolve: () => Promise<SendResult>,
): Promise<SendResult | undefined> {
  if ((await memo.recall(alert)) !== OPEN) return undefined
  const result = await resolve()
  if (result.kind === 'accepted') await memo.keep(alert, RESOLVED)
  return result
}

async function rendered(occasion: Occasion, name: string, options: PagerdutyOptions): Promise<string> {
  const { event } = occasion
  const alert = alertOf(event)
  if (alert === undefined) return NOTHING
  const key = dedupKey(alert.about, name)
  if (alert.action === 'resolve') return JSON.stringify(resolveEvent(key))
  const message = messageOf(occasion)
  const own = (await ownText(occasion, options.template, safeText))?.replaceAll(/\s+/g, ' ').trim()
  return JSON.stringify({
    event_action: 'trigger',
    dedup_key: key,
    payload: {
      summary: escapedExcerpt(own || `${message.subject} ${message.words}`, LONGEST_SUMMARY),
      severity: options.severity ?? SEVERITIES[message.tone],
      timestamp: message.time,
      ...placeOf(event),
      class: alert.class,
      custom_details: detailsOf(message),
    },
    client: 'buildwatchd',
    ...(message.link === undefined ? {} : { links: [{ href: message.link, text: 'The build' }] }),
  })
}

function resolveEvent(key: string): object {
  return { event_action: 'resolve', dedup_key: key }
}

function detailsOf({ facts, logLines }: Message): Record<string, string> {
  const details = Object.fromEntries(facts.map(({ name, value }) => [name, value]))
  return logLines.length === 0 ? details : { ...details, Log: lastLines(logLines, LONGEST_LOG) }
}

function urlOf({ api_url }: PagerdutyOptions): string {
  return `${api_url.replace(/\/+$/, '')}/enqueue`
}

function withRoutingKey(body: string, routingKey: string): string {
  const event: Record<string, unknown> = JSON.parse(body)
  return JSON.stringify({ ...event, routing_key: routingKey })
}

async function revealed(name: string, secret: Secret | undefined): Promise<string> {
  const key = (await secret?.reveal())?.trim() ?? ''
  if (ROUTING_KEY.test(key)) return key
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.routing_key: must be the 32 characters of the integration key of an "Events API v2" integration`,
  )
}
