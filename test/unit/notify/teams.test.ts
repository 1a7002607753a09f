import { describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import { safeText } from '../../../src/domain/safe-text.js'
import { escapeTeams, teamsKind } from '../../../src/notify/teams.js'
import nock from '../../support/nock.js'
import { HOSTILE_TEXTS, hostileEvents, sampleEvent } from '../../support/notifier-contract-events.js'
import { chatBench, type Reading, readEscaped } from './chat-bench.js'

const HOST = 'https://prod-01.westeurope.logic.azure.com'
const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })

const TEXT_RUN = {
  type: 'object',
  required: ['type', 'text'],
  additionalProperties: false,
  properties: {
    type: { const: 'TextRun' },
    text: { type: 'string' },
    weight: { enum: ['Lighter', 'Default', 'Bolder'] },
    size: { enum: ['Small', 'Default', 'Medium', 'Large', 'ExtraLarge'] },
    fontType: { enum: ['Default', 'Monospace'] },
  },
}
/** By hand from adaptivecards.io/schemas/adaptive-card.json, version 1.4: the elements that are used here. */
const ELEMENTS = [
  {
    required: ['type', 'text'],
    additionalProperties: false,
    properties: { type: { const: 'TextBlock' }, text: { type: 'string' }, wrap: { type: 'boolean' } },
  },
  {
    required: ['type', 'inlines'],
    additionalProperties: false,
    properties: {
      type: { const: 'RichTextBlock' },
      inlines: { type: 'array', items: TEXT_RUN },
      spacing: { const: 'None' },
    },
  },
  {
    required: ['type', 'facts'],
    additionalProperties: false,
    properties: {
      type: { const: 'FactSet' },
      facts: {
        type: 'array',
        items: {
          type: 'object',
          required: ['title', 'value'],
          additionalProperties: false,
          properties: { title: { type: 'string' }, value: { type: 'string' } },
        },
      },
    },
  },
  {
    required: ['type', 'items'],
    additionalProperties: false,
    properties: {
      type: { const: 'Container' },
      style: { enum: ['default', 'emphasis', 'good', 'attention', 'warning', 'accent'] },
      bleed: { type: 'boolean' },
      items: { type: 'array', items: { $ref: '#/definitions/element' } },
    },
  },
]
const isPosted = new Ajv().compile<{ attachments: { content: Card }[] }>({
  definitions: { element: { type: 'object', oneOf: ELEMENTS } },
  type: 'object',
  required: ['type', 'attachments'],
  properties: {
    type: { const: 'message' },
    attachments: {
      type: 'array',
      items: {
        type: 'object',
        required: ['contentType', 'content'],
        properties: {
          contentType: { const: 'application/vnd.microsoft.card.adaptive' },
          content: {
            type: 'object',
            required: ['type', 'version', 'body'],
            properties: {
              type: { const: 'AdaptiveCard' },
              version: { const: '1.4' },
              body: { type: 'array', items: { $ref: '#/definitions/element' } },
              actions: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['type', 'url'],
                  properties: { type: { const: 'Action.OpenUrl' }, title: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    },
  },
})

interface Card {
  readonly body: readonly { readonly type: string; readonly [member: string]: unknown }[]
  readonly actions?: readonly unknown[]
}

function teams(options: object = {}) {
  return chatBench(teamsKind, options, { webhook_url: `${HOST}/workflows/ab/invoke?sig=s3cr3t-sig` })
}

function cardIn(body: unknown): Card {
  if (!isPosted(body)) throw new Error(JSON.stringify(isPosted.errors))
  expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(20_000)
  const [attachment] = body.attachments
  if (!attachment) throw new Error('there is no card')
  return attachment.content
}

/** What its rich texts show, in order. */
function runs({ body }: Card): string[] {
  return [...JSON.stringify(body).matchAll(/"type":"TextRun","text":("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => JSON.parse(text),
  )
}

describe('teams', () => {
  it('is taken when the workflow says 202', async () => {
    const scope = nock(HOST)
      .post('/workflows/ab/invoke', (body) => isPosted(body))
      .query({ sig: 's3cr3t-sig' })
      .reply(202)
    expect(await teams().send(FAILED)).toMatchObject({ kind: 'accepted' })
    scope.done()
  })

  it('says nothing of its URL when the workflow does not', async () => {
    nock(HOST)
      .post('/workflows/ab/invoke')
      .query(true)
      .reply(401, 'bad sig s3cr3t-sig at /workflows/ab/invoke')
    const result = await teams().send(FAILED)
    expect(result.kind).toBe('refused')
    expect(JSON.stringify(result)).not.toMatch(/s3cr3t|workflows/)
  })

  it('has a button only where the build can be seen', async () => {
    const url = 'https://app.northflank.com/b'
    expect(cardIn(await teams().render(FAILED)).actions).toBeUndefined()
    expect(cardIn(await teams().render(FAILED, { briefing: { link: url } })).actions).toMatchObject([{ url }])
  })

  it('keeps within the size, whatever it has to tell, and says the beginning and the newest', async () => {
    const logLines = Array.from({ length: 300 }, (_, i) => `${i} ${'中'.repeat(200)}`)
    for (const text of [...HOSTILE_TEXTS, '*'.repeat(9000), '中'.repeat(9000)]) {
      for (const event of hostileEvents(text)) {
        const logged = runs(cardIn(await teams().render(event, { briefing: { logLines } })))
        expect(logged[0]).toContain(event.subject)
        expect(logged.at(-1)).toMatch(/^299 /)
        const grouped = runs(cardIn(await teams().render(event, { together: Array(90).fill(event) })))
        expect(grouped.at(-1)).toMatch(/^… and \d+ more$/)
        cardIn(await teams({ template: '{{ event.data.build.message | truncate: 9000 }}!' }).render(event))
      }
    }
  })

  it('comes to an end where what it may not cut is too long', async () => {
    const link = `https://app.example.com/${'b'.repeat(30_000)}`
    const body = await teams().render(FAILED, { briefing: { link } })
    expect(JSON.stringify(body)).toContain(link)
  })

  it('takes no date in double braces for an order', async () => {
    const card = cardIn(await teams().render(sampleEvent({ to: '{{{DATE(2017-02-14T06:00:00Z,SHORT)}}' })))
    expect(JSON.stringify(card)).not.toContain('{{')
  })

  it('puts the user’s own text in place of words and facts', async () => {
    const own = teams({ template: '**{{ event.data.build.branch }}** broke' })
    const { body } = cardIn(await own.render(sampleEvent({}, { branch: '[x](y)' })))
    expect(body.slice(1)).toEqual([{ type: 'TextBlock', text: '**\\[x\\]\\(y\\)** broke', wrap: true }])
  })
})

describe('escapeTeams', () => {
  it('leaves nothing that CommonMark would read as mark-up, and every character as it was', () => {
    const hostile = fc.array(
      fc.constantFrom(
        ...'*_~`|<>[](){}#&!:/-+=.1 a\\'.split(''),
        '{{DATE(',
        '&amp;',
        '<at>',
        '1) ',
        '- ',
        '![',
        'https://x.y',
      ),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          hostile.map((parts) => parts.join('')),
        ),
        (text) => {
          expect(readCommonMark(escapeTeams(text))).toEqual({ shown: safeText(text), markup: [] })
        },
      ),
    )
  })
})

/**
 * A CommonMark reader of one line (0.31, sections 2.4, 4, 5 and 6): a backslash before ASCII punctuation stands for the
 * sign; else these may begin mark-up, some of them at the beginning only. `{{` is Adaptive Cards' own.
 */
function readCommonMark(text: string): Reading {
  return readEscaped(text, {
    escapable: /[!-/:-@[-`{-~]/,
    begins: (rest, shown) =>
      /^(?:[*_~`|<>[\]&]|!\[|\{\{|:\/\/)/.test(rest) ||
      (shown.trim() === '' && /^[-+=#]/.test(rest)) ||
      (/^\s*\d+$/.test(shown) && /^[.)]/.test(rest)),
  })
}
