/**
 * What Slack shows, as Block Kit (docs.slack.dev/reference/block-kit/blocks and …/composition-objects/text-object). Foreign texts stand in
 * `plain_text` and `rich_text` only, which know no markup, no mentions and no links; `mrkdwn` is for the user's own template.
 */
import { safeText } from '../domain/safe-text.js'
import { escapedExcerpt, lastLines, markupExcerpt, shortened } from './fitting.js'
import type { Message } from './message.js'
import { TONE_SIGNS } from './tone-signs.js'

const LONGEST_HEADER = 150
const LONGEST_TEXT = 3000
const MOST_FIELDS = 10
const LONGEST_FIELD = 2000
/** Of the 50 blocks of a message; the others are header, words, the count of what is left out, link, facts and log. */
const MOST_PARTS = 44

export interface SlackMessage {
  /** For notifications and screen readers. */
  readonly text: string
  readonly blocks: readonly object[]
}

/** What happened, without the details. `own` is the user's own text, which takes the place of words and facts. */
export function slackMessage(message: Message, own: string | undefined): SlackMessage {
  const { subject, words, link } = message
  const header = { type: 'header', text: plain(`${TONE_SIGNS[message.tone]} ${subject}`, LONGEST_HEADER) }
  const said = own === undefined ? plain(words, LONGEST_TEXT) : markup(markupExcerpt(own, LONGEST_TEXT))
  return {
    text: fallback(message),
    blocks: [header, { type: 'section', text: said }, ...parts(message), ...linked(link)],
  }
}

/** Facts and log; `undefined` where there are none. */
export function slackDetails(message: Message, own: string | undefined): SlackMessage | undefined {
  const blocks = [...(own === undefined ? facts(message) : []), ...log(message)]
  return blocks.length === 0 ? undefined : { text: fallback(message), blocks }
}

function fallback({ tone, subject, words }: Message): string {
  return escapedExcerpt(`${TONE_SIGNS[tone]} ${subject} ${words}`, LONGEST_TEXT, escapeSlack)
}

function parts({ parts }: Message): object[] {
  const lines = parts.map(({ tone, subject, words }) => `${TONE_SIGNS[tone]} ${subject} ${words}`)
  return shortened(lines, MOST_PARTS).map((line) => ({ type: 'section', text: plain(line, LONGEST_TEXT) }))
}

function linked(link: string | undefined): object[] {
  if (link === undefined) return []
  const url = escapeSlack(link).replaceAll('|', '%7C')
  return [{ type: 'context', elements: [markup(`<${url}|Open the build>`)] }]
}

function facts({ facts }: Message): object[] {
  const fields = facts
    .slice(0, MOST_FIELDS)
    .map(({ name, value }) => plain(`${name}\n${value}`, LONGEST_FIELD))
  return fields.length === 0 ? [] : [{ type: 'section', fields }]
}

function log({ logLines }: Message): object[] {
  const text = lastLines(logLines.map(safeText), LONGEST_TEXT)
  // Slack refuses a message with an empty text in it.
  if (text === '') return []
  const element = { type: 'text', text }
  return [{ type: 'rich_text', elements: [{ type: 'rich_text_preformatted', elements: [element] }] }]
}

function plain(text: string, maxLength: number): object {
  return { type: 'plain_text', text: escapedExcerpt(text, maxLength), emoji: false }
}

/** `verbatim`, or Slack would find URLs, channels and mentions such as `@here` in what is meant as text. */
function markup(text: string): object {
  return { type: 'mrkdwn', text, verbatim: true }
}

/**
 * The three signs that Slack asks to replace, and no others; without them there is no mention and no link. Signs for bold
 * and the like have no escape. Source: docs.slack.dev/messaging/formatting-message-text#escaping
 */
export function escapeSlack(text: string): string {
  return safeText(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
