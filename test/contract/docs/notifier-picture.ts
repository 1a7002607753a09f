/**
 * Cards as one SVG, drawn from top to bottom. It brings its own ground, so that it reads on a light page and on a dark one, and
 * no fonts: measured is with widths that those named here do not exceed.
 */
import type { Card, Look } from './notifier-card.js'
import {
  type Draw,
  type Drawn,
  drawPiece,
  GAP,
  type Room,
  rect,
  type Style,
  stacked,
  text,
} from './notifier-pieces.js'
import { widthOf, wrapped, xml } from './notifier-text.js'

const WIDTH = 720
const MARGIN = 16
const PADDING = 16
const SANS = "Helvetica, Arial, 'Liberation Sans', sans-serif"

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
