/**
 * What a person would see of a rendered body: one reader for each shape of body, none for a kind by its name. A body that
 * no reader knows is shown as its text, so a new kind has a picture before anybody has drawn one for it.
 */
import { z } from 'zod'
import { type Card, colourOf, factsPiece, type Piece, piece, type Reader, reader } from './notifier-card.js'
import { discord, slack, teams } from './notifier-chat-cards.js'
import { mailPieces } from './notifier-markup.js'

/** As the first reader that knows the shape sees it. */
export function cardOf(body: string): Card {
  const json = parsed(body)
  if (typeof json !== 'object') return textCard('terminal', body)
  const [card] = READERS.flatMap((read) => read(json) ?? [])
  if (card === undefined) return textCard('document', JSON.stringify(json, null, 2))
  return { ...card, pieces: logsTogether(card.pieces) }
}

/** Some services take a log line by line. */
function logsTogether(pieces: readonly Piece[]): Piece[] {
  return pieces.reduce<Piece[]>((before, next) => {
    const last = before.at(-1)
    if (next.kind !== 'log' || last?.kind !== 'log') return [...before, next]
    return [...before.slice(0, -1), { kind: 'log', text: `${last.text}\n${next.text}` }]
  }, [])
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function textCard(look: 'terminal' | 'document', text: string): Card {
  return { look, colour: colourOf(''), pieces: piece('log', text) }
}

const mail = reader(z.object({ subject: z.string(), text: z.string(), html: z.string() }), (body) => ({
  look: 'mail',
  colour: colourOf(body.subject),
  pieces: [...piece('title', body.subject), ...mailPieces(body.html)],
}))

const TAGS: Readonly<Record<string, string>> = {
  white_check_mark: '✅',
  x: '❌',
  warning: '⚠️',
  information_source: 'ℹ️',
}

const ntfy = reader(
  z.object({ title: z.string(), message: z.string(), tags: z.array(z.string()), priority: z.number() }),
  ({ title, message, tags, priority }) => {
    const signed = `${tags.map((tag) => TAGS[tag] ?? `#${tag}`).join(' ')} ${title}`
    return {
      look: 'push',
      colour: colourOf(signed),
      tag: `priority ${priority}`,
      pieces: told(signed, message),
    }
  },
)

const apprise = reader(
  z.object({ title: z.string(), body: z.string(), type: z.string() }),
  ({ title, body, type }) => ({
    look: 'push',
    colour: colourOf(type),
    tag: type,
    pieces: told(title, body),
  }),
)

/** A log stands below an empty line. */
function told(title: string, text: string): Piece[] {
  const [words = '', ...log] = text.split('\n\n')
  return [...piece('title', title), ...piece('words', words), ...piece('log', log.join('\n\n'))]
}

const alert = reader(
  z.object({
    event_action: z.string(),
    payload: z.object({
      summary: z.string(),
      severity: z.string(),
      custom_details: z.record(z.string(), z.unknown()).default({}),
    }),
    links: z.array(z.object({ text: z.string() })).default([]),
  }),
  ({ event_action: action, payload: { summary, severity, custom_details: details }, links }) => {
    const short = Object.entries(details).filter((detail) => !isLong(detail))
    const long = Object.entries(details).filter(isLong)
    return {
      look: 'incident',
      colour: colourOf(severity),
      tag: `${action} · ${severity}`,
      pieces: [
        ...piece('title', summary),
        ...factsPiece(
          'pairs',
          short.map(([name, value]) => ({ name, value: wordsOf(value) })),
        ),
        ...long.flatMap(([name, value]) => [...piece('words', name), ...piece('log', wordsOf(value))]),
        ...links.flatMap(({ text }) => piece('link', text)),
      ],
    }
  },
)

/** What is said of an alert that is there already. */
const laterOfAlert = reader(
  z.object({ event_action: z.string(), dedup_key: z.string() }),
  ({ event_action: action, dedup_key: key }) => ({
    look: 'incident',
    colour: colourOf(action),
    tag: action,
    pieces: [...piece('title', action), ...piece('words', key)],
  }),
)

function isLong([, value]: readonly [string, unknown]): boolean {
  return wordsOf(value).includes('\n')
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join('\n')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** GitHub says `context` where GitLab says `name`. */
const commitStatus = reader(
  z.object({
    state: z.string(),
    description: z.string(),
    context: z.string().optional(),
    name: z.string().optional(),
    target_url: z.string().optional(),
  }),
  ({ state, description, context, name = '', target_url: url }) => ({
    look: 'check',
    colour: colourOf(state),
    tag: state,
    pieces: [
      ...piece('title', context ?? name),
      ...piece('words', description),
      ...piece('link', url === undefined ? undefined : 'Details'),
    ],
  }),
)

const READERS: readonly Reader[] = [
  slack,
  discord,
  teams,
  mail,
  ntfy,
  apprise,
  alert,
  laterOfAlert,
  commitStatus,
]
