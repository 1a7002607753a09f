/** Brings texts within the limits of a service; what is left out shows as an ellipsis or is counted. Lengths in UTF-16 units. */
import type { Escape } from './template.js'

const asItIs: Escape = (text) => text

/** The longest beginning of a plain text whose escaped form has at most `maxLength`; no escape is cut in its middle. */
export function escapedExcerpt(text: string, maxLength: number, escape: Escape = asItIs): string {
  const whole = escape(text)
  if (whole.length <= maxLength) return whole
  let [fits, tooLong] = [0, text.length]
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2)
    if (escape(beginning(text, middle)).length < maxLength) fits = middle
    else tooLong = middle
  }
  return `${escape(beginning(text, fits))}…`
}

/** Of a text that is markup already: an entity or escape that the cut would halve goes too. */
export function markupExcerpt(markup: string, maxLength: number): string {
  if (markup.length <= maxLength) return markup
  return `${beginning(markup, maxLength - 1).replace(/(?:&[a-z]*|\\+)$/, '')}…`
}

/** As many of the first lines as fit, and how many more there are. */
export function firstLines(lines: readonly string[], maxLength: number): string {
  for (let shown = lines.length; shown > 0; shown--) {
    const text = shortened(lines, shown).join('\n')
    if (text.length <= maxLength) return text
  }
  return `… and ${lines.length} more`
}

/** The first `most` lines, the last of them counting the others where there are more. */
export function shortened(lines: readonly string[], most: number): readonly string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most), `… and ${lines.length - most} more`]
}

/** As many of the last lines as fit. */
export function lastLines(lines: readonly string[], maxLength: number): string {
  let from = lines.length
  let length = -1
  while (from > 0) {
    length += (lines[from - 1] ?? '').length + 1
    if (length > maxLength) break
    from -= 1
  }
  return lines.slice(from).join('\n')
}

/** Never ends in half of a character. */
function beginning(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}
