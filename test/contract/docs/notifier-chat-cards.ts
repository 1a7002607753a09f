/** Readers of what chats show: Slack's blocks, Discord's embeds, Adaptive Cards. */
import { z } from 'zod'
import { colourOf, factsPiece, type Piece, piece, reader } from './notifier-card.js'
import { plainSlack, unescaped } from './notifier-markup.js'

const slackText = z.object({ type: z.string(), text: z.string() })
const slackBlock = z.object({
  type: z.string(),
  text: slackText.optional(),
  fields: z.array(slackText).optional(),
  elements: z.array(z.looseObject({ text: z.string().optional() })).optional(),
})
const slackPreformatted = z.object({ elements: z.array(z.object({ elements: z.array(slackText) })) })

export const slack = reader(
  z.object({ text: z.string(), blocks: z.array(slackBlock) }),
  ({ text, blocks }) => ({
    look: 'chat',
    colour: colourOf(text),
    pieces: blocks.flatMap(slackPieces),
  }),
)

function slackPieces(block: z.output<typeof slackBlock>): Piece[] {
  switch (block.type) {
    case 'header':
      return piece('title', block.text?.text)
    case 'context':
      return (block.elements ?? []).flatMap(({ text = '' }) => piece('link', plainSlack(text)))
    case 'rich_text': {
      const lines = slackPreformatted.parse(block).elements.flatMap(({ elements }) => elements)
      return piece('log', lines.map(({ text }) => text).join('\n'))
    }
    default:
      return [...piece('words', slackWords(block.text)), ...slackFields(block.fields ?? [])]
  }
}

function slackWords(text: z.output<typeof slackText> | undefined): string | undefined {
  return text?.type === 'mrkdwn' ? plainSlack(text.text) : text?.text
}

function slackFields(fields: readonly z.output<typeof slackText>[]): Piece[] {
  const facts = fields.map((field) => {
    const [name = '', ...value] = field.text.split('\n')
    return { name, value: value.join('\n') }
  })
  return factsPiece(2, facts)
}

const discordEmbed = z.object({
  title: z.string(),
  url: z.string().optional(),
  description: z.string(),
  color: z.number(),
  fields: z.array(z.object({ name: z.string(), value: z.string() })),
})

export const discord = reader(z.object({ embeds: z.tuple([discordEmbed]) }), ({ embeds: [embed] }) => {
  const facts = embed.fields.map(({ name, value }) => ({
    name: unescaped(name),
    value: unescaped(value),
  }))
  return {
    look: 'embed',
    colour: `#${embed.color.toString(16).padStart(6, '0')}`,
    pieces: [
      ...piece(embed.url === undefined ? 'title' : 'link', unescaped(embed.title)),
      ...described(embed.description),
      ...factsPiece(3, facts),
    ],
  }
})

/** The log stands in a block of code. */
function described(description: string): Piece[] {
  const [words = '', log = ''] = description.split(/```(?:text)?\n?/)
  return [...piece('words', unescaped(words.trim())), ...piece('log', log.trim())]
}

const cardRuns = z.array(
  z.object({ text: z.string(), weight: z.string().optional(), fontType: z.string().optional() }),
)
const cardItem = z.object({
  type: z.string(),
  style: z.string().optional(),
  text: z.string().optional(),
  inlines: cardRuns.optional(),
  items: z.array(z.looseObject({ inlines: cardRuns.optional() })).optional(),
  facts: z.array(z.object({ title: z.string(), value: z.string() })).optional(),
  codeSnippet: z.string().optional(),
})
const adaptiveCard = z.object({
  body: z.array(cardItem),
  actions: z.array(z.object({ title: z.string() })).optional(),
})

export const teams = reader(
  z.object({ attachments: z.array(z.object({ content: adaptiveCard })).min(1) }),
  ({ attachments: [attachment] }) => {
    const { body = [], actions = [] } = attachment?.content ?? {}
    const style = body.find(({ type }) => type === 'Container')?.style ?? ''
    return {
      look: 'panel',
      colour: colourOf(style),
      pieces: [...body.flatMap(teamsPieces), ...actions.flatMap(({ title }) => piece('button', title))],
    }
  },
)

function teamsPieces(item: z.output<typeof cardItem>): Piece[] {
  if (item.facts) {
    const facts = item.facts.map(({ title, value }) => ({
      name: unescaped(title),
      value: unescaped(value),
    }))
    return factsPiece('pairs', facts)
  }
  if (item.items) return item.items.flatMap(({ inlines = [] }) => piece('title', runs(inlines)))
  const isLog = item.inlines?.some(({ fontType }) => fontType === 'Monospace') ?? false
  const text = item.codeSnippet ?? (item.inlines ? runs(item.inlines) : unescaped(item.text ?? ''))
  return piece(isLog || item.codeSnippet !== undefined ? 'log' : 'words', text)
}

function runs(inlines: z.output<typeof cardRuns>): string {
  return inlines.map(({ text }) => text).join('')
}
