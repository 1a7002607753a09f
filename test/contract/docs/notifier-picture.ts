/**
 * Cards as one SVG, drawn from top to bottom. It brings its own ground, so that it reads on a light page and on a dark one, and
 * no fonts: measured is with widths that those named here do not exceed.
 */
import type { Card, Look, Piece } from './notifier-card.js'
import { type Font, widthOf, wrapped, xml } from './notifier-text.js'

const WIDTH = 720
const MARGIN = 16
const PADDING = 16
const GAP = 8
const MOST_LOG_LINES = 26
const SANS = "Helvetica, Arial, 'Liberation Sans', sans-serif"
const MONO = "Menlo, Consolas, 'DejaVu Sans Mono', monospace"

interface Style {
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

const LIGHT: Style = {
  ground: '#ffffff',
  ink: '#1f2328',
  faint: '#656d76',
  accent: '#0969da',
  well: '#f0f1f3',
  bar: 'left',
  titleSize: 15,
  radius: 6,
  sender: true,
}

const STYLES: Readonly<Record<Look, Style>> = {
  chat: { ...LIGHT, bar: 'none', titleSize: 17, accent: '#1264a3' },
  embed: {
    ...LIGHT,
    ground: '#2b2d31',
    ink: '#dbdee1',
    faint: '#949ba4',
    accent: '#00a8fc',
    well: '#1e1f22',
  },
  panel: { ...LIGHT, bar: 'top', accent: '#5b5fc7', titleSize: 16 },
  mail: { ...LIGHT, bar: 'none', titleSize: 16, sender: false },
  push: { ...LIGHT, radius: 14 },
  incident: { ...LIGHT, titleSize: 16 },
  check: { ...LIGHT, sender: false },
  terminal: { ...LIGHT, ground: '#0d1117', ink: '#e6edf3', well: '#0d1117', bar: 'none', sender: false },
  document: { ...LIGHT, well: '#ffffff', bar: 'none', sender: false },
}

interface Drawn {
  readonly svg: string
  readonly height: number
}

/** Where there is room: the left upper corner, and how wide. */
interface Room {
  readonly x: number
  readonly y: number
  readonly width: number
}

export function picture(title: string, cards: readonly Card[]): string {
  const drawn = stacked(
    cards.map((card) => (room) => drawCard(card, room)),
    { x: MARGIN, y: MARGIN, width: WIDTH - 2 * MARGIN },
    MARGIN,
  )
  const height = Math.ceil(drawn.height + 2 * MARGIN)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="${SANS}">
<title>${xml(title)}</title>
${rect({ x: 0, y: 0, width: WIDTH }, height, { fill: '#e9ebee', rx: 10 })}
${drawn.svg}
</svg>
`
}

type Draw = (room: Room) => Drawn

/** One below the other. */
function stacked(draws: readonly Draw[], room: Room, gap: number): Drawn {
  const parts: string[] = []
  let { y } = room
  for (const draw of draws) {
    const { svg, height } = draw({ ...room, y })
    parts.push(svg)
    y += height + gap
  }
  return { svg: parts.join('\n'), height: Math.max(0, y - gap - room.y) }
}

function drawCard(card: Card, room: Room): Drawn {
  const style = STYLES[card.look]
  const inset = { x: room.x + PADDING, y: room.y + PADDING, width: room.width - 2 * PADDING }
  const draws = [...(style.sender ? [drawSender(card, style)] : []), ...card.pieces.map(drawPiece(style))]
  const content = card.look === 'check' ? drawCheck(card, style)(inset) : stacked(draws, inset, GAP)
  const height = content.height + 2 * PADDING
  const ground = rect(room, height, { fill: style.ground, rx: style.radius, stroke: '#c9ced6' })
  return {
    svg: [ground, bar(card, style, { ...room, height }), content.svg].filter(Boolean).join('\n'),
    height,
  }
}

function bar({ colour }: Card, { bar }: Style, { x, y, width, height }: Room & { height: number }): string {
  switch (bar) {
    case 'left':
      return rect({ x, y, width: 5 }, height, { fill: colour, rx: 2 })
    case 'top':
      return rect({ x, y, width }, 6, { fill: colour, rx: 2 })
    case 'none':
      return ''
  }
}

/** `buildwatchd` beside its initial, and what the service shows with it. */
function drawSender({ tag = '', look }: Card, style: Style): Draw {
  return ({ x, y }) => {
    const rx = look === 'embed' ? 11 : 5
    const name = { size: 14, bold: true }
    const parts = [
      rect({ x, y, width: 22 }, 22, { fill: '#3b4a6b', rx }),
      text('b', { x: x + 7, y: y + 16 }, { fill: '#ffffff', size: 15, bold: true }),
      text('buildwatchd', { x: x + 30, y: y + 16 }, { fill: style.ink, ...name }),
      text(tag, { x: x + 40 + widthOf('buildwatchd', name), y: y + 16 }, { fill: style.faint, size: 12 }),
    ]
    return { svg: parts.join('\n'), height: 26 }
  }
}

/** State, name, description and link in one line, as beside a commit. */
function drawCheck({ pieces, colour, tag = '' }: Card, style: Style): Draw {
  return ({ x, y, width }) => {
    const [name = '', words = '', link = ''] = pieces.map((each) => ('text' in each ? each.text : ''))
    const bold = { size: 13, bold: true }
    const after = x + 34 + widthOf(name, bold)
    const lines = wrapped(words, x + width - after - 70, { size: 13 })
    const parts = [
      `<circle cx="${x + 8}" cy="${y + 9}" r="8" fill="${colour}"/>`,
      text(name, { x: x + 26, y: y + 14 }, { fill: style.ink, ...bold }),
      ...lines.map((line, at) =>
        text(line, { x: after, y: y + 14 + 18 * at }, { fill: style.faint, size: 13 }),
      ),
      text(link, { x: x + width - 48, y: y + 14 }, { fill: style.accent, size: 13 }),
      text(tag, { x: x + 26, y: y + 32 }, { fill: colour, size: 11 }),
    ]
    return { svg: parts.join('\n'), height: Math.max(36, 18 * lines.length) }
  }
}

function drawPiece(style: Style): (piece: Piece) => Draw {
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

/** No more lines than say what it looks like. */
function drawLog(words: string, { well, ink }: Style): Draw {
  return (room) => {
    const paint = { fill: ink, size: 12, mono: true }
    const lines = wrapped(words, room.width - 20, paint)
    const shown = lines.length > MOST_LOG_LINES ? [...lines.slice(0, MOST_LOG_LINES - 1), '…'] : lines
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

type Facts = Extract<Piece, { kind: 'facts' }>['facts']

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

function text(words: string, { x, y }: { x: number; y: number }, { fill, size, bold, mono }: Paint): string {
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

function rect({ x, y, width }: Room, height: number, { fill, rx, stroke }: Box): string {
  const line = stroke === undefined ? '' : ` stroke="${stroke}"`
  return `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${rx}" fill="${fill}"${line}/>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
