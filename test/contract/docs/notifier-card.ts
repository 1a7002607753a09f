/** What a person would see of a message, apart from how it is drawn, and what the readers of rendered bodies share. */
import type { z } from 'zod'

/** In the manner of which sort of service it is drawn. */
export type Look =
  | 'chat'
  | 'embed'
  | 'panel'
  | 'mail'
  | 'push'
  | 'incident'
  | 'check'
  | 'terminal'
  | 'document'

export interface Fact {
  readonly name: string
  readonly value: string
}

export type TextPiece = 'title' | 'words' | 'log' | 'link' | 'button'

export type Piece =
  | { readonly kind: TextPiece; readonly text: string }
  /** `pairs`: name and value side by side; a number: that many columns, each with the value below the name. */
  | { readonly kind: 'facts'; readonly layout: 'pairs' | 2 | 3; readonly facts: readonly Fact[] }

export interface Card {
  readonly look: Look
  /** `#rrggbb` */
  readonly colour: string
  /** Beside the sender's name. */
  readonly tag?: string
  readonly pieces: readonly Piece[]
}

const COLOURS = { good: '#2ea043', bad: '#da3633', warning: '#d29922', neutral: '#6e7681' }

/** The words by which services tell how the news is. */
const NEWS: Readonly<Record<string, keyof typeof COLOURS>> = {
  '✅': 'good',
  good: 'good',
  success: 'good',
  resolve: 'good',
  '❌': 'bad',
  attention: 'bad',
  failure: 'bad',
  failed: 'bad',
  error: 'bad',
  critical: 'bad',
  '⚠️': 'warning',
  warning: 'warning',
}

/** Of a word of the service, or by the sign with which a text begins. */
export function colourOf(text: string): string {
  const [first = ''] = text.split(' ')
  return COLOURS[NEWS[first] ?? 'neutral']
}

export type Reader = (body: unknown) => Card | undefined

/** Reads the bodies of this shape. */
export function reader<Shape extends z.ZodType>(shape: Shape, read: (body: z.output<Shape>) => Card): Reader {
  return (body) => {
    const known = shape.safeParse(body)
    return known.success ? read(known.data) : undefined
  }
}

/** None where there is no text. */
export function piece(kind: TextPiece, text: string | undefined): Piece[] {
  return text ? [{ kind, text }] : []
}

export function factsPiece(layout: 'pairs' | 2 | 3, facts: readonly Fact[]): Piece[] {
  return facts.length === 0 ? [] : [{ kind: 'facts', layout, facts }]
}
