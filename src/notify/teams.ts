/**
 * One Adaptive Card per message, to a Teams workflow that starts "when a Teams webhook request is received" (Power Automate,
 * learn.microsoft.com/connectors/teams; Adaptive Cards 1.4, adaptivecards.io/explorer). The
 * workflow's 202 says that it has the card, not that the channel shows it; its run history tells. It knows no idempotency:
 * when an answer is lost after the workflow took the card, the repeat shows as a second one.
 */
import { z } from 'zod'
import type { Occasion } from '../domain/occasion.js'
import { safeText } from '../domain/safe-text.js'
import { escapedExcerpt, markupExcerpt, shortened } from './fitting.js'
import { httpOptions } from './http-options.js'
import { type Message, messageOf, type Tone } from './message.js'
import { defineNotifierKind } from './notifier-kind.js'
import { postToSecretUrl } from './secret-url.js'
import { ownText, templateOption } from './template.js'
import { TONE_SIGNS } from './tone-signs.js'

/** The documented limit is "about 28 KB" for what becomes of the card in Teams; users have seen 21 KB refused. */
const MOST_BYTES = 20_000
const LONGEST_TEXT = 10_000
/** Of it nothing is left below this; what is still too long then, no halving helps. */
const LEAST_SHARE = 1 / LONGEST_TEXT
const MOST_LINES = 60
const MOST_FACTS = 15

const STYLES: Readonly<Record<Tone, string>> = {
  good: 'good',
  bad: 'attention',
  warning: 'warning',
  neutral: 'emphasis',
}

export const teamsKind = defineNotifierKind({
  type: 'teams',
  summary: 'Posts a card to a Microsoft Teams channel or chat, through a webhook of the Workflows app.',
  reaches: 'http',
  options: z.strictObject({ template: templateOption, ...httpOptions }),
  secrets: [
    {
      name: 'webhook_url',
      required: true,
      describe: 'The URL of a workflow that posts to a channel or chat when a webhook request is received.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: {},
    secrets: {
      webhook_url: `${endpoint}/workflows/12ab/triggers/manual/paths/invoke?api-version=1&sig=${encodeURIComponent(secret)}`,
    },
  }),
  create(settings, { http }) {
    return {
      canGroup: true,
      render: (occasion) => rendered(occasion, settings.options.template),
      send: postToSecretUrl(settings, http),
    }
  },
})

/** Halves what may be long until all fits: the log first loses its oldest lines, a group its last parts. */
async function rendered(occasion: Occasion, template: string | undefined): Promise<string> {
  const message = messageOf(occasion)
  const own = await ownText(occasion, template, escapeTeams)
  let share = 1
  let body = posted(message, own, share)
  while (Buffer.byteLength(body) > MOST_BYTES && share > LEAST_SHARE) {
    share /= 2
    body = posted(message, own, share)
  }
  return body
}

function posted(message: Message, own: string | undefined, share: number): string {
  const most = Math.floor(MOST_LINES * share)
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body: [
      headline(message),
      text(message, own, LONGEST_TEXT * share),
      ...parts(message, most),
      ...facts(message, own),
      ...log(most === 0 ? [] : message.logLines.slice(-most)),
    ],
    ...(message.link === undefined
      ? {}
      : { actions: [{ type: 'Action.OpenUrl', title: 'Open the build', url: message.link }] }),
  }
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
  return JSON.stringify({ type: 'message', attachments: [attachment] })
}

function headline({ tone, subject }: Message): object {
  const title = plain(`${TONE_SIGNS[tone]} ${subject}`, { weight: 'Bolder', size: 'Medium' })
  return { type: 'Container', style: STYLES[tone], bleed: true, items: [title] }
}

function text({ words }: Message, own: string | undefined, longest: number): object {
  if (own === undefined) return plain(escapedExcerpt(words, longest))
  return { type: 'TextBlock', text: markupExcerpt(own, longest), wrap: true }
}

function parts({ parts }: Message, most: number): object[] {
  const lines = parts.map(({ tone, subject, words }) => `${TONE_SIGNS[tone]} ${subject} ${words}`)
  return shortened(lines, most).map((line) => plain(line))
}

function facts({ facts }: Message, own: string | undefined): object[] {
  if (own !== undefined || facts.length === 0) return []
  const shown = facts.slice(0, MOST_FACTS)
  return [
    {
      type: 'FactSet',
      facts: shown.map(({ name, value }) => ({ title: escapeTeams(name), value: escapeTeams(value) })),
    },
  ]
}

function log(lines: readonly string[]): object[] {
  return lines.map((line) => ({ ...plain(line, { fontType: 'Monospace', size: 'Small' }), spacing: 'None' }))
}

/** A RichTextBlock shows its texts as they are: it knows no Markdown, but dates in double braces. */
function plain(text: string, style: object = {}): object {
  const asItIs = safeText(text).replace(/\{(?=\{)/g, '{\u2060')
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: asItIs, ...style }] }
}

/**
 * For TextBlock and FactSet, which read a part of CommonMark, where a backslash makes any ASCII punctuation stand for itself
 * (spec.commonmark.org, 2.4). Escaped is what begins mark-up anywhere, dates in double braces, the colon by which a URL is
 * known, and what begins a list or heading at the beginning of a line. Source: learn.microsoft.com/adaptive-cards/create/textfeatures
 */
export function escapeTeams(text: string): string {
  return safeText(text)
    .replace(/[\\`*_~|<>[\](){}#&!]|:(?=\/\/)/g, '\\$&')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2')
}
