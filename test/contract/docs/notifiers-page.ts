/** The part of docs/notifiers.md that the registry writes, and the pictures that belong to it. */

import { z } from 'zod'
import { paceShape } from '../../../src/config/notifier-pace.js'
import { httpOptions } from '../../../src/notify/http-options.js'
import type { NotifierKind } from '../../../src/notify/notifier-kind.js'
import { patientTable, type StatusTable, standardTable } from '../../../src/notify/status-table.js'
import { cardOf } from './notifier-cards.js'
import { picture } from './notifier-picture.js'
import { KEY, type Option, optionsOf, pathsTo, type Request, type Sample } from './notifier-samples.js'

const LONGEST_TEXT = 300
const PART = /<!-- generated: (\w+) -->\n[\s\S]*?<!-- end -->/g

/** The page with its generated parts as they would be now. */
export function regenerated(page: string, samples: readonly Sample[]): string {
  const parts: Readonly<Record<string, () => string>> = {
    overview: () => overview(samples),
    settings: sharedSettings,
    kinds: () => samples.map(kindPart).join('\n\n'),
  }
  return page.replaceAll(PART, (_, name: string) => {
    const part = parts[name]
    if (part === undefined)
      throw new Error(`there is no part ${name}; there are ${Object.keys(parts).join(', ')}`)
    return `<!-- generated: ${name} -->\n\n${part()}\n\n<!-- end -->`
  })
}

/** File name to SVG. */
export function picturesOf(samples: readonly Sample[]): Map<string, string> {
  return new Map(
    samples.map(({ kind, told }) => {
      const title = `What ${kind.type} tells when a build breaks its line, and when one mends it`
      return [
        `${kind.type}.svg`,
        picture(
          title,
          told.map(({ body }) => cardOf(body)),
        ),
      ]
    }),
  )
}

function overview(samples: readonly Sample[]): string {
  const rows = samples.map(({ kind, notifier, templated }) => {
    const cells = [
      `[\`${kind.type}\`](#${kind.type})`,
      kind.summary,
      groups(notifier) ? 'yes' : '',
      (notifier.order ?? 'any') === 'any' ? '' : 'yes',
      templated.length > 0 ? 'yes' : '',
    ]
    return row(cells)
  })
  return table(['kind', 'what it does', 'groups', 'keeps order', 'templates'], rows)
}

function groups({ canGroup, order = 'any' }: Sample['notifier']): boolean {
  return canGroup === true && order === 'any'
}

function kindPart(sample: Sample): string {
  const { kind, settings, told } = sample
  return [
    `### ${kind.type}`,
    kind.summary,
    `\`\`\`yaml notifiers\n${settings}\`\`\``,
    settingsTable(kind),
    habits(sample),
    `![What ${kind.type} shows of a build that broke its line and of one that mended it](notifiers/${kind.type}.svg)`,
    `<details><summary>The same as it is sent</summary>`,
    ...told.map((each) => `\`${each.word}\`:\n\n${bodyPart(each)}`),
    '</details>',
  ].join('\n\n')
}

function sharedSettings(): string {
  const shapes = z.object({ ...paceShape, ...httpOptions })
  return table(['key', 'default', ''], optionsOf(shapes).map(optionRow))
}

function settingsTable(kind: NotifierKind): string {
  const isShared = ({ name }: Option): boolean =>
    Object.entries(httpOptions).some(([key, option]) => key === name && kind.options.shape[name] === option)
  const secrets = kind.secrets.map((secret) =>
    row([`\`${secret.name}\`, \`${secret.name}_file\``, demandOf(secret), secret.describe]),
  )
  const options = optionsOf(kind.options).filter((option) => !isShared(option))
  const shared = optionsOf(kind.options).filter(isShared)
  const rows = [...secrets, ...options.map(optionRow)]
  const names = shared.map(({ name }) => `\`${name}\``).join(', ')
  const also = shared.length === 0 ? '' : `Also ${names}, [as above](#settings-that-all-share).`
  return [...(rows.length === 0 ? [] : [table(['key', 'default', ''], rows)]), also]
    .filter(Boolean)
    .join('\n\n')
}

function optionRow({ name, required, byDefault, describe }: Option): string {
  const value = byDefault === undefined ? '' : `\`${JSON.stringify(byDefault)}\``
  return row([`\`${name}\``, required ? 'required' : value, describe])
}

function demandOf({ required, requiredUnless }: NotifierKind['secrets'][number]): string {
  if (requiredUnless !== undefined) return `required unless \`${requiredUnless}\``
  return required ? 'required' : ''
}

const ORDERS = {
  any: 'Keeps no order: while one message is tried again, later ones overtake it.',
  in_turn: 'Keeps order: of the builds of one branch, each message waits for the end of those before it.',
  latest:
    'Keeps order: of the builds of one branch, each message waits for the end of those before it, and what a newer event of the same build has overtaken is not sent (`suppressed`, `superseded`).',
}

function habits({ kind, notifier, templated, told, statusTable }: Sample): string {
  const [first] = told
  const facts = [
    ORDERS[notifier.order ?? 'any'],
    groups(notifier)
      ? 'With [`group`](#grouping) one message tells of several events.'
      : 'Tells each event by itself.',
    templated.length === 0
      ? 'Has no use for a `template`: the message is made of the event alone.'
      : `The text of a [\`template\`](#your-own-words) becomes ${code(templated)}.`,
    first?.request === undefined ? KEYS_ELSEWHERE[kind.reaches] : requestWords(first.request),
    statusTable === undefined ? '' : answerWords(statusTable),
    ...(kind.mergedWhenSending
      ? [`Joins the message only when it is sent: ${code(kind.mergedWhenSending)}.`]
      : []),
  ]
  return facts
    .filter(Boolean)
    .map((fact) => `- ${fact}`)
    .join('\n')
}

/** Where the idempotency key stands with those that do not speak HTTP. */
const KEYS_ELSEWHERE: Readonly<Record<NotifierKind['reaches'], string>> = {
  http: '',
  stdout: 'A line holds no idempotency key: after a crash it may be printed twice.',
  mail: 'The idempotency key is the left side of `Message-ID`.',
  process: 'The idempotency key is in the variable `BUILDWATCHD_IDEMPOTENCY_KEY`.',
  redis:
    'The idempotency key stands in a field of a stream; items of a list are told apart by the `id` of their event.',
}

function requestWords({ method, url, headers, body }: Request): string {
  const named = Object.entries(headers).filter(([, value]) => value.includes(KEY))
  const members = isJson(body) ? pathsTo(KEY, JSON.parse(body), '') : []
  const places = ['Idempotency-Key', ...named.map(([name]) => name)]
  const also = members.length === 0 ? '' : `, and in the message as ${code(members)}`
  return `\`${method} ${url}\`, with the idempotency key in the ${places.length > 1 ? 'headers' : 'header'} ${code(places)}${also}.`
}

const STATUSES = Array.from({ length: 400 }, (_, at) => 200 + at)
const MEANINGS = {
  accepted: 'accepted',
  retry: 'tried again',
  refused: 'a dead letter (`refused`)',
  gone: 'a dead letter (`gone`)',
}

/** Nothing where it reads answers as most do. */
function answerWords(table: StatusTable): string {
  if (STATUSES.every((status) => table(status, '') === patientTable(status, '')))
    return 'All answers but 2xx and 410 [are tried again](#answers).'
  const others = STATUSES.filter((status) => table(status, '') !== standardTable(status, ''))
  const words = others.map((status) => `${status} is ${MEANINGS[table(status, '')]}`)
  return words.length === 0 ? '' : `Of [answers](#answers), ${words.join(', ')}.`
}

function code(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(', ')
}

function bodyPart({ body, request }: Sample['told'][number]): string {
  const text = request?.body ?? body
  const [info, content] = isJson(text)
    ? [
        'json',
        JSON.stringify(
          JSON.parse(text, (_, value: unknown) => shortened(value)),
          null,
          2,
        ),
      ]
    : ['text', text]
  return `\`\`\`${info}\n${content.trimEnd()}\n\`\`\``
}

function isJson(text: string): boolean {
  return text.startsWith('{')
}

/** Long texts say no more of the form of a message than their beginnings. */
function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value
}

function table(headings: readonly string[], rows: readonly string[]): string {
  return [row(headings), row(headings.map(() => '---')), ...rows].join('\n')
}

function row(cells: readonly string[]): string {
  return `|${cells.map((cell) => (cell === '' ? ' ' : ` ${cell.replaceAll('|', '\\|')} `)).join('|')}|`
}
