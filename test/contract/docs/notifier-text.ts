/** Texts in a picture without a browser: how wide they come out, where they are broken, and how they are written. */

export interface Font {
  readonly size: number
  readonly bold?: boolean
  readonly mono?: boolean
}

/** Advance widths of Arial and what is made to measure with it, in hundredths of the size; source: its AFM tables, rounded up. */
const NARROW: readonly [RegExp, number][] = [
  [/[ijl|'’]/, 24],
  [/[ft.,:;/\\![\] I·]/, 29],
  [/[r()\-{}"*–]/, 36],
  [/[ckszvxyJ^]/, 51],
  [/[wABEKPSVXY&]/, 72],
  [/[mMWCDGHNORQUw%@…—]/, 95],
  [/\p{Extended_Pictographic}/u, 130],
]
const OTHER = 57
const MONO = 61

export function widthOf(text: string, { size, bold = false, mono = false }: Font): number {
  const hundredths = Array.from(text).reduce(
    (sum, sign) => sum + (mono ? monoWidth(sign) : signWidth(sign)),
    0,
  )
  return (hundredths / 100) * size * (bold && !mono ? 1.08 : 1)
}

function monoWidth(sign: string): number {
  return /\p{Extended_Pictographic}/u.test(sign) && !/[\d#*]/.test(sign) ? 2 * MONO : MONO
}

function signWidth(sign: string): number {
  return NARROW.find(([signs]) => signs.test(sign))?.[1] ?? OTHER
}

/** Lines that fit, broken at blanks where there are any, else after any sign. */
export function wrapped(text: string, width: number, font: Font): string[] {
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line, font) <= width ? [line] : broken(line, width, font)))
}

function broken(line: string, width: number, font: Font): string[] {
  const lines: string[] = ['']
  for (const word of line.split(/(?<= )/)) {
    const last = lines.at(-1) ?? ''
    if (widthOf(last + word.trimEnd(), font) <= width) {
      lines[lines.length - 1] = last + word
    } else {
      lines.push(...chopped(word, width, font))
    }
  }
  return lines.filter((each, at) => at > 0 || each !== '').map((each) => each.trimEnd())
}

function chopped(word: string, width: number, font: Font): string[] {
  const pieces = ['']
  for (const sign of word) {
    const last = pieces.at(-1) ?? ''
    if (widthOf(last + sign, font) <= width || last === '') pieces[pieces.length - 1] = last + sign
    else pieces.push(sign)
  }
  return pieces
}

const REFERENCES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** For text and attributes in double quotes; what XML 1.0 (2.2) has no place for is left out. */
export function xml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replaceAll(/[&<>"]/g, (sign) => REFERENCES[sign] ?? '')
}
