/** Reads what an email program would: MIME as nodemailer writes it (RFC 2045 to 2047), and HTML by the rules of its tokenizer. */

export interface ReadMail {
  /** By lower-cased name; decoded. A name that comes twice is joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Content types of the parts, in order. */
  readonly types: readonly string[]
  readonly text: string
  readonly html: string
}

/** Throws when it is not exactly a text and an HTML part. */
export function readMail(source: string): ReadMail {
  const { headers, body } = entity(source)
  const boundary = /boundary="([^"]+)"/.exec(headers['content-type'] ?? '')?.[1]
  if (boundary === undefined) throw new Error('no boundary')
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => entity(part.replace(/^\r\n/, '')))
  const types = parts.map((part) => part.headers['content-type'] ?? '')
  const [text, html] = parts.map((part) => content(part).replaceAll('\r\n', '\n').replace(/\n$/, ''))
  if (text === undefined || html === undefined || parts.length !== 2) throw new Error('not two parts')
  return { headers, types, text: `${text}\n`.replace(/\n\n$/, '\n'), html }
}

interface Entity {
  readonly headers: Record<string, string>
  readonly body: string
}

function entity(source: string): Entity {
  const end = source.indexOf('\r\n\r\n')
  const headers: Record<string, string> = {}
  for (const line of source
    .slice(0, end)
    .replaceAll(/\r\n(?=[ \t])/g, '')
    .split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (!/^[!-9;-~]+$/.test(name)) throw new Error(`no header: ${JSON.stringify(line)}`)
    const value = unworded(line.slice(colon + 1).trim())
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value
  }
  return { headers, body: source.slice(end + 4) }
}

/** RFC 2047: blanks between two encoded words are none, and a character may be spread over two of them. */
function unworded(text: string): string {
  const joined = text.replaceAll(/\?=\s+=\?/g, '?==?')
  return joined.replaceAll(/(?:=\?UTF-8\?[QB]\?[^?]*\?=)+/gi, (words) => {
    const bytes = [...words.matchAll(/=\?UTF-8\?([QB])\?([^?]*)\?=/gi)].map(([, way, data = '']) =>
      way?.toUpperCase() === 'B' ? Buffer.from(data, 'base64') : unquoted(data.replaceAll('_', ' ')),
    )
    return Buffer.concat(bytes).toString('utf8')
  })
}

function unquoted(text: string): Buffer {
  const bytes = text.replaceAll(/=([\dA-F]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return Buffer.from(bytes, 'latin1')
}

function content({ headers, body }: Entity): string {
  const way = headers['content-transfer-encoding'] ?? '7bit'
  if (way === 'base64') return Buffer.from(body, 'base64').toString('utf8')
  if (way === 'quoted-printable') return unquoted(body.replaceAll(/=\r\n/g, '')).toString('utf8')
  return body
}

export interface ReadHtml {
  /** Names of the start tags, in order. */
  readonly tags: readonly string[]
  readonly links: readonly string[]
  readonly text: string
}

/**
 * A model of the tokenizer (HTML Standard, 13.2.5) for documents without scripts and comments: a `<` begins a tag exactly when a
 * letter, `/` or `!` follows; attributes are quoted; `&` begins a reference where one is known. It goes sign by sign.
 */
export function readHtml(html: string): ReadHtml {
  const reader = { tags: [] as string[], links: [] as string[], text: '' }
  let at = 0
  while (at < html.length) {
    if (html[at] === '<' && /[a-z/!?]/i.test(html[at + 1] ?? '')) at = readTag(html, at + 1, reader)
    else {
      const { sign, length } = readSign(html, at)
      reader.text += sign
      at += length
    }
  }
  return reader
}

function readTag(html: string, from: number, reader: { tags: string[]; links: string[] }): number {
  const [name = ''] = /^[^\s>]*/.exec(html.slice(from)) ?? []
  if (/^[a-z]/i.test(name)) reader.tags.push(name.toLowerCase())
  let at = from + name.length
  let attribute = ''
  while (at < html.length && html[at] !== '>') {
    const sign = html[at++] ?? ''
    if (sign !== '"' && sign !== "'") attribute = (attribute + sign).trim()
    else {
      const end = html.indexOf(sign, at)
      if (attribute === 'href=') reader.links.push(readText(html.slice(at, end)))
      at = end + 1
      attribute = ''
    }
  }
  return at + 1
}

function readText(source: string): string {
  let text = ''
  for (let at = 0; at < source.length; ) {
    const { sign, length } = readSign(source, at)
    text += sign
    at += length
  }
  return text
}

/** Those that may stand without a semicolon do so here too. */
const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' }
const REFERENCE = /^&(?:#x(?<hex>[\da-f]+)|#(?<decimal>\d+)|(?<name>amp|lt|gt|quot));?/i

function readSign(html: string, at: number): { sign: string; length: number } {
  const reference = REFERENCE.exec(html.slice(at, at + 12))
  if (!reference) return { sign: html[at] ?? '', length: 1 }
  const { hex, decimal, name } = reference.groups ?? {}
  const named = NAMED[name?.toLowerCase() ?? '']
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  return { sign: named ?? character(point), length: reference[0].length }
}

function character(point: number): string {
  return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : '\ufffd'
}
