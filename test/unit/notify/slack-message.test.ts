import { describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import * as fc from 'fast-check'
import { safeText } from '../../../src/domain/safe-text.js'
import { slackKind } from '../../../src/notify/slack.js'
import { escapeSlack } from '../../../src/notify/slack-message.js'
import { HOSTILE_TEXTS, hostileEvents, sampleEvent } from '../../support/notifier-contract-events.js'
import { chatBench } from './chat-bench.js'

const FAILED = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })

const plain = (maxLength: number) => ({
  type: 'object',
  required: ['type', 'text'],
  additionalProperties: false,
  properties: {
    type: { const: 'plain_text' },
    text: { type: 'string', minLength: 1, maxLength },
    emoji: { const: false },
  },
})
const mrkdwn = (maxLength: number) => ({
  type: 'object',
  required: ['type', 'text', 'verbatim'],
  additionalProperties: false,
  properties: {
    type: { const: 'mrkdwn' },
    text: { type: 'string', minLength: 1, maxLength },
    verbatim: { const: true },
  },
})
const text = {
  type: 'object',
  required: ['type', 'text'],
  properties: { type: { const: 'text' }, text: { type: 'string', minLength: 1 } },
}
const preformatted = {
  type: 'object',
  required: ['type', 'elements'],
  properties: { type: { const: 'rich_text_preformatted' }, elements: { type: 'array', items: text } },
}
const block = (type: string, properties: object) => ({
  required: ['type', ...Object.keys(properties)],
  additionalProperties: false,
  properties: { type: { const: type }, ...properties },
})
/** By hand from docs.slack.dev/reference/block-kit/blocks: the blocks that are used here, with their limits. */
const isMessage = new Ajv().compile<{ text: string; blocks: Block[] }>({
  type: 'object',
  required: ['text', 'blocks'],
  properties: {
    text: { type: 'string', minLength: 1, maxLength: 40_000 },
    blocks: {
      type: 'array',
      maxItems: 50,
      items: {
        type: 'object',
        oneOf: [
          block('header', { text: plain(150) }),
          block('section', { text: { anyOf: [plain(3000), mrkdwn(3000)] } }),
          block('section', { fields: { type: 'array', minItems: 1, maxItems: 10, items: plain(2000) } }),
          block('context', { elements: { type: 'array', maxItems: 10, items: mrkdwn(3000) } }),
          block('rich_text', { elements: { type: 'array', items: preformatted } }),
        ],
      },
    },
  },
})

interface Block {
  readonly type: string
  readonly text?: { readonly type: string; readonly text: string }
  readonly elements?: unknown
}

function slack(options: object = {}) {
  return chatBench(slackKind, options, { webhook_url: 'https://hooks.slack.com/services/T0/B0/s3cr3t' })
}

function blocksIn(body: unknown): Block[] {
  if (!isMessage(body)) throw new Error(JSON.stringify(isMessage.errors))
  expect(body.text).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/)
  return body.blocks
}

describe('the message of slack', () => {
  it('keeps within every limit, whatever it has to tell', async () => {
    const logLines = Array.from({ length: 300 }, (_, i) => `${i} ${'x'.repeat(290)}`)
    for (const text of [...HOSTILE_TEXTS, '&'.repeat(9000), '👍'.repeat(5000)]) {
      for (const event of hostileEvents(text)) {
        const briefing = { logLines, link: 'https://app.northflank.com/b?a=1&b=<|>' }
        expect(blocksIn(await slack().render(event, { briefing })).at(-1)?.type).toBe('rich_text')
        const grouped = blocksIn(await slack().render(event, { together: Array(90).fill(event) }))
        expect(grouped.at(-1)?.text?.text).toBe('… and 46 more')
        blocksIn(await slack({ template: '{{ event.data.build.message | truncate: 3500 }}!' }).render(event))
      }
    }
  })

  it('shows foreign texts where Slack knows no markup, and no sign of them elsewhere', async () => {
    const blocks = blocksIn(await slack().render(sampleEvent({ to: '<!channel> *x* @here' })))
    expect(blocks.map(({ text }) => text?.type)).not.toContain('mrkdwn')
    expect(blocks[1]?.text?.text).toBe('is now <!channel> *x* @here')
  })

  it('links to the build by a link that the URL cannot leave', async () => {
    const link = 'https://app.northflank.com/b?a=1&b=<|>'
    const blocks = blocksIn(await slack().render(FAILED, { briefing: { link } }))
    expect(JSON.stringify(blocks)).toContain(
      '<https://app.northflank.com/b?a=1&amp;b=&lt;%7C&gt;|Open the build>',
    )
  })

  it('shows the last lines of the log', async () => {
    const blocks = blocksIn(await slack().render(FAILED, { briefing: { logLines: ['<a>', 'b'] } }))
    expect(JSON.stringify(blocks.at(-1)?.elements)).toContain('"text":"<a>\\nb"')
  })

  it('has no block for a log that is blank, which Slack would refuse together with all the rest', async () => {
    const blocks = blocksIn(await slack().render(FAILED, { briefing: { logLines: [''] } }))
    expect(blocks.map(({ type }) => type)).not.toContain('rich_text')
  })

  it('puts the user’s own text in place of words and facts, mentions of others kept out', async () => {
    const own = slack({ template: '*{{ event.data.build.branch }}* broke <!here>' })
    const blocks = blocksIn(await own.render(sampleEvent({}, { branch: '<!channel>' })))
    expect(blocks.slice(1)).toEqual([
      { type: 'section', text: { type: 'mrkdwn', text: '*&lt;!channel&gt;* broke <!here>', verbatim: true } },
    ])
  })
})

describe('escapeSlack', () => {
  it('leaves neither mention nor link, and every character as it was', () => {
    const hostile = fc.array(
      fc.constantFrom('<', '>', '&', '!', '@', '|', '&lt;', '&amp;', '<!channel>', 'a'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          hostile.map((parts) => parts.join('')),
        ),
        (text) => {
          expect(readSlack(escapeSlack(text))).toEqual({ shown: safeText(text), sequences: 0 })
        },
      ),
    )
  })
})

/** A model of Slack's reader: `<…>` is a mention or link, and of entities it knows three. */
function readSlack(mrkdwn: string): { shown: string; sequences: number } {
  const entities = new Map([
    ['&amp;', '&'],
    ['&lt;', '<'],
    ['&gt;', '>'],
  ])
  let [shown, sequences] = ['', 0]
  for (let at = 0; at < mrkdwn.length; ) {
    const entity = [...entities.keys()].find((each) => mrkdwn.startsWith(each, at)) ?? ''
    if (mrkdwn[at] === '<') sequences += 1
    shown += entities.get(entity) ?? mrkdwn[at]
    at += entity.length || 1
  }
  return { shown, sequences }
}
