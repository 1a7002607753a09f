/**
 * How many cells a text takes on a terminal. Terminals do not agree (on flags, on emoji with a variation selector), so this
 * counts what the widest of them takes: a line that is cut by it never wraps, and at worst ends a cell early.
 * Expects text made safe (safe-text.ts): controls and joiners, which would need more care, are escapes by then.
 */

/** East Asian wide and fullwidth, by blocks: what is not assigned in them may become wide with the next Unicode. */
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1aff0}-\u{1b2ff}\u{1d300}-\u{1d37f}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|(?!\p{Regional_Indicator})\p{Emoji_Presentation}/u
/** Marks that stand on the character before them, and the vowels and finals of a Hangul syllable. */
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\u1160-\u11ff\ud7b0-\ud7ff]/u
const AS_EMOJI = '\ufe0f'
/** Almost every line: a cell for each character, without looking at them one by one. */
const PLAIN = /^[\x20-\x7e█░…]*$/

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** Cells of a line of safe text. */
export function textWidth(text: string): number {
  if (PLAIN.test(text)) return text.length
  return clusters(text).reduce((sum, cluster) => sum + clusterWidth(cluster), 0)
}

/** Rows that a line takes where it wraps after `columns` cells; a wide character that does not fit any more opens the next. */
export function rowsTaken(text: string, columns: number): number {
  if (PLAIN.test(text)) return Math.max(1, Math.ceil(text.length / columns))
  let rows = 1
  let used = 0
  for (const cluster of clusters(text)) {
    const width = clusterWidth(cluster)
    if (used + width > columns) {
      rows++
      used = 0
    }
    used += width
  }
  return rows
}

/** The beginning of a text in at most `width` cells, ending in `mark` where something is left out. */
export function cutEnd(text: string, width: number, mark: string): string {
  if (textWidth(text) <= width) return text
  return `${fitting(clusters(text), width - mark.length).join('')}${mark.slice(0, width)}`
}

/** The end of a text in at most `width` cells, after `mark` where something is left out. */
export function cutStart(text: string, width: number, mark: string): string {
  if (textWidth(text) <= width) return text
  const end = fitting(clusters(text).toReversed(), width - mark.length).toReversed()
  return `${mark.slice(0, width)}${end.join('')}`
}

function fitting(all: readonly string[], width: number): string[] {
  let left = width
  const end = all.findIndex((cluster) => {
    left -= clusterWidth(cluster)
    return left < 0
  })
  return all.slice(0, end === -1 ? undefined : end)
}

function clusters(text: string): string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment)
}

function clusterWidth(cluster: string): number {
  let width = 0
  for (const character of cluster) width += characterWidth(character)
  return cluster.includes(AS_EMOJI) ? Math.max(2, width) : width
}

function characterWidth(character: string): number {
  if (WITHOUT_WIDTH.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
