/** What an email says: a subject of one line, a plain text, and the same as HTML for programs that prefer it. */
import { createHash } from 'node:crypto'
import { isPullRequest } from '../domain/build-filter.js'
import type { WatchEvent } from '../domain/event.js'
import type { Occasion } from '../domain/occasion.js'
import { safeExcerpt, safeText } from '../domain/safe-text.js'
import { shortened } from './fitting.js'
import { type Message, messageOf } from './message.js'
import { ownText } from './template.js'
import { TONE_SIGNS } from './tone-signs.js'

/** The frozen body of a delivery by email. */
export interface Email {
  readonly subject: string
  readonly text: string
  readonly html: string
  /** Equal for all messages of one line of builds; mail programs show those as one conversation. */
  readonly thread: string
}

/** Mail programs show far less; RFC 5322 (2.1.1) would allow 998 characters in a line. */
const LONGEST_SUBJECT = 200
const MOST_PARTS = 100

interface EmailWords {
  readonly prefix: string
  /** A Liquid template for the text. */
  readonly template: string | undefined
}

export async function emailOf(occasion: Occasion, { prefix, template }: EmailWords): Promise<Email> {
  const message = messageOf(occasion)
  const own = await ownText(occasion, template, safeText)
  const title = `${prefix} ${TONE_SIGNS[message.tone]} ${message.subject} ${message.words}`.trim()
  return {
    subject: safeExcerpt(title, LONGEST_SUBJECT),
    text: own ?? textOf(message),
    html: page(
      own === undefined ? htmlOf(message) : `<div style="white-space:pre-wrap">${escapeHtml(own)}</div>`,
    ),
    thread: threadOf(occasion),
  }
}

function textOf({ tone, subject, words, facts, link, logLines, parts }: Message): string {
  const sections = [
    [`${TONE_SIGNS[tone]} ${subject} ${words}`],
    shortened(parts.map(partLine), MOST_PARTS),
    facts.map(({ name, value }) => `${name}: ${value}`),
    link === undefined ? [] : [link],
    logLines.length === 0 ? [] : ['The log ends:', ...logLines.map((line) => `    ${line}`)],
  ]
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
}

function partLine({ tone, subject, words }: Message): string {
  return `${TONE_SIGNS[tone]} ${subject} ${words}`
}

function htmlOf({ tone, subject, words, facts, link, logLines, parts }: Message): string {
  const rows = facts.map(({ name, value }) => `<tr>${cell(name)}${cell(value)}</tr>`)
  const items = shortened(parts.map(partLine), MOST_PARTS).map((line) => `<li>${escapeHtml(line)}</li>`)
  return [
    `<p>${TONE_SIGNS[tone]} <strong>${escapeHtml(subject)}</strong> ${escapeHtml(words)}</p>`,
    items.length === 0 ? '' : `<ul>${items.join('')}</ul>`,
    rows.length === 0 ? '' : `<table>${rows.join('')}</table>`,
    link === undefined ? '' : `<p><a href="${escapeHtml(link)}">${escapeHtml(link)}</a></p>`,
    logLines.length === 0 ? '' : `<p>The log ends:</p>\n<pre>${escapeHtml(logLines.join('\n'))}</pre>`,
  ]
    .filter(Boolean)
    .join('\n')
}

function cell(text: string): string {
  return `<td style="padding-right:1em;vertical-align:top">${escapeHtml(text)}</td>`
}

function page(content: string): string {
  return `<!doctype html>\n<html><head><meta charset="utf-8"></head>\n<body style="font-family:sans-serif">\n${content}\n</body></html>\n`
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * For text between tags and in quoted attributes. The five signs are those that can begin a tag or a character reference, or
 * end an attribute's value. Source: HTML Standard, 13.2.5, the data and attribute value states.
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => REFERENCES[sign] ?? '')
}

/** Hashed, so that nothing foreign stands in a header. Of a group only events that all belong together make a thread of it. */
function threadOf({ event, together }: Occasion): string {
  const lines = new Set((together.length > 0 ? together : [event]).map(lineOf))
  return createHash('sha256')
    .update([...lines].join('\n'))
    .digest('base64url')
}

/** Where a build belongs; of other events their subject. */
function lineOf({ source, subject, data }: WatchEvent): string {
  if (!('build' in data)) return JSON.stringify([source, subject])
  const resource = subject.replace(/\/[^/]*$/, '')
  const { branch = null, pullRequestId } = data.build
  const line = isPullRequest(data.build) ? ['pr', String(pullRequestId)] : ['branch', branch]
  return JSON.stringify([source, resource, ...line])
}
