/** The parts of a card, each drawn from its left upper corner and as wide as there is room. */
import type { Fact, Piece } from './notifier-card.js'
import { type Font, widthOf, wrapped, xml } from './notifier-text.js'

export const GAP = 8
/** Of a long text, lines from its beginning and from its end. */
const HEAD = 14
const TAIL = 12
const MONO = "Menlo, Consolas, 'DejaVu Sans Mono', monospace"

export interface Style {
  readonly ground: string
  readonly ink: string
  readonly faint: string
  readonly accent: string
  readonly well: string
  readonly bar: 'left' | 'top' | 'none'
  readonly titleSize: number
  readonly radius: number
  /** Whether the sender's name stands above it. */
  readonly sender: boolean
}

export interface Drawn {
  readonly svg: string
  readonly height: number
}

/** Where there is room: the left upper corner, and how wide. */
export interface Room {
  readonly x: number
  readonly y: number
  readonly width: number
}

export type Draw = (room: Room) => Drawn

/** One below the other. */
export function stacked(draws: readonly Draw[], room: Room, gap: number): Drawn {
  const parts: string[] = []
  let { y } = room
  for (const draw of draws) {
    const { svg, height } = draw({ ...room, y })
    parts.push(svg)
    y += height + gap
  }
  return { svg: parts.join('\n'), height: Math.max(0, y - gap - room.y) }
}

export function drawPiece(style: Style): (piece: Piece) => Draw {
  return (piece) => {
    switch (piece.kind) {
      case 'title':
        return drawText(piece.text, { fill: style.ink, size: style.titleSize, bold: true })
      case 'words':
        return drawText(piece.text, { fill: style.ink, size: 14 })
      case 'link':
        return drawText(piece.text, { fill: style.accent, size: 14 })
      case 'log':
        return drawLog(piece.text, style)
      case 'button':
        return drawButton(piece.text, style)
      case 'facts':
        return piece.layout === 'pairs'
          ? drawPairs(piece.facts, style)
          : drawColumns(piece, piece.layout, style)
    }
  }
}

function drawText(words: string, paint: Paint): Draw {
  return ({ x, y, width }) => {
    const line = Math.round(paint.size * 1.35)
    const lines = wrapped(words, width, paint)
    const svg = lines.map((each, at) => text(each, { x, y: y + line * (at + 1) - 5 }, paint)).join('\n')
    return { svg, height: line * lines.length }
  }
}

function drawLog(words: string, { well, ink }: Style): Draw {
  return (room) => {
    const paint = { fill: ink, size: 12, mono: true }
    const lines = wrapped(words, room.width - 20, paint)
    const shown = lines.length > HEAD + TAIL ? [...lines.slice(0, HEAD), '…', ...lines.slice(-TAIL)] : lines
    const inset = { x: room.x + 10, y: room.y + 6, width: room.width - 20 }
    const { svg, height } = drawText(shown.join('\n'), paint)(inset)
    return { svg: `${rect(room, height + 14, { fill: well, rx: 4 })}\n${svg}`, height: height + 14 }
  }
}

function drawButton(words: string, { accent }: Style): Draw {
  return ({ x, y }) => {
    const paint = { fill: '#ffffff', size: 13, bold: true }
    const box = rect({ x, y, width: widthOf(words, paint) + 24 }, 28, { fill: accent, rx: 4 })
    return { svg: `${box}\n${text(words, { x: x + 12, y: y + 19 }, paint)}`, height: 28 }
  }
}

type Facts = readonly Fact[]

function drawPairs(facts: Facts, style: Style): Draw {
  const paint = { fill: style.faint, size: 13 }
  const beside = Math.max(...facts.map(({ name }) => widthOf(name, paint))) + 20
  const rows = facts.map(
    ({ name, value }): Draw =>
      (room) => {
        const right = { ...room, x: room.x + beside, width: room.width - beside }
        const left = drawText(name, paint)(room)
        const drawn = drawText(value, { ...paint, fill: style.ink })(right)
        return { svg: `${left.svg}\n${drawn.svg}`, height: Math.max(left.height, drawn.height) }
      },
  )
  return (room) => stacked(rows, room, 3)
}

function drawColumns({ facts }: { facts: Facts }, columns: number, style: Style): Draw {
  const rows = facts
    .filter((_, at) => at % columns === 0)
    .map((_, row) => facts.slice(row * columns, (row + 1) * columns))
  return (room) => {
    const width = room.width / columns
    const drawRow =
      (row: Facts): Draw =>
      ({ y }) => {
        const drawn = row.map((fact, at) =>
          drawFact(fact, style)({ x: room.x + at * width, y, width: width - 12 }),
        )
        return {
          svg: drawn.map(({ svg }) => svg).join('\n'),
          height: Math.max(...drawn.map(({ height }) => height)),
        }
      }
    return stacked(rows.map(drawRow), room, GAP)
  }
}

function drawFact({ name, value }: Facts[number], style: Style): Draw {
  const paint = { fill: style.ink, size: 13 }
  const isBold = style.bar === 'left'
  return (room) => stacked([drawText(name, { ...paint, bold: isBold }), drawText(value, paint)], room, 0)
}

interface Paint extends Font {
  readonly fill: string
}

export function text(
  words: string,
  { x, y }: { x: number; y: number },
  { fill, size, bold, mono }: Paint,
): string {
  if (words === '') return ''
  const weight = bold ? ' font-weight="bold"' : ''
  const family = mono ? ` font-family="${MONO}"` : ''
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"${weight}${family} xml:space="preserve">${xml(words)}</text>`
}

interface Box {
  readonly fill: string
  readonly rx: number
  readonly stroke?: string
}

export function rect({ x, y, width }: Room, height: number, { fill, rx, stroke }: Box): string {
  const line = stroke === undefined ? '' : ` stroke="${stroke}"`
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${rx}" fill="${fill}"${line}/>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
