/** The mark-up that the kinds write, read back: as much of it as their default messages hold, and no more. */
import { factsPiece, type Piece, piece } from './notifier-card.js'

/** Slack's three references, and the text of a link. */
export function plainSlack(text: string): string {
  return plainHtml(text.replaceAll(/<[^|>]*\|([^>]*)>/g, '$1'))
}

/** Of Discord and Teams: a backslash makes the sign behind it stand for itself. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\([^\w\s])/g, '$1')
}

const REFERENCES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}

/** Text without its tags and references. */
function plainHtml(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/&(?:lt|gt|quot|#39|amp);/g, (known) => REFERENCES[known] ?? known)
}

/** What stands in the elements of a mail, in their order. */
export function mailPieces(html: string): Piece[] {
  const elements = html.matchAll(/<(p|ul|table|pre|div)(?: [^>]*)?>(.*?)<\/\1>/gs)
  return [...elements].flatMap(([, name = '', content = '']) => mailPiece(name, content))
}

function mailPiece(name: string, content: string): Piece[] {
  switch (name) {
    case 'table':
      return factsPiece(
        'pairs',
        inner(content, 'tr').map((row) => {
          const [fact = '', value = ''] = inner(row, 'td').map(plainHtml)
          return { name: fact, value }
        }),
      )
    case 'ul':
      return piece('words', inner(content, 'li').map(plainHtml).join('\n'))
    case 'pre':
      return piece('log', plainHtml(content))
    default:
      return piece(content.startsWith('<a ') ? 'link' : 'words', plainHtml(content))
  }
}

function inner(html: string, name: string): string[] {
  const elements = html.matchAll(new RegExp(`<${name}(?: [^>]*)?>(.*?)</${name}>`, 'gs'))
  return [...elements].map(([, content = '']) => content)
}
