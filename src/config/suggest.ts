/** The word that was probably meant: the nearest by edit distance, if it is near enough to be no coincidence. */
export function nearest(wrong: string, known: Iterable<string>): string | undefined {
  let best: { word: string; distance: number } | undefined
  for (const word of known) {
    const distance = editDistance(normal(wrong), normal(word))
    if (distance <= tolerance(word) && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) {
      best = { word, distance }
    }
  }
  return best?.word
}

/** As many as there are words for `on`, and some. */
const LISTED = 30

/** What to say after an unknown word: the suggestion, and the whole list where it is short enough to read. */
export function suggestion(wrong: string, known: readonly string[]): string {
  const meant = nearest(wrong, known)
  const list = known.length === 0 ? 'there is none' : `known are: ${known.slice(0, LISTED).join(', ')}`
  return meant === undefined ? list : `did you mean ${meant}? (${list})`
}

function normal(word: string): string {
  return word.toLowerCase().replaceAll('-', '_').slice(0, 64)
}

function tolerance(word: string): number {
  return Math.max(1, Math.floor(word.length / 3))
}

/** Optimal string alignment: a swap of neighbours counts as one edit, as people make it. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let column = 1; column <= b.length; column++) {
      next.push(cheapest({ a, b, row, column }, { beforeLast, last, next }))
    }
    beforeLast = last
    last = next
  }
  return last[b.length] ?? 0
}

interface Cell {
  readonly a: string
  readonly b: string
  readonly row: number
  readonly column: number
}

interface Rows {
  readonly beforeLast: readonly number[]
  readonly last: readonly number[]
  readonly next: readonly number[]
}

function cheapest({ a, b, row, column }: Cell, { beforeLast, last, next }: Rows): number {
  const same = a[row - 1] === b[column - 1]
  const edits = [
    (last[column] ?? 0) + 1,
    (next[column - 1] ?? 0) + 1,
    (last[column - 1] ?? 0) + (same ? 0 : 1),
  ]
  const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
  if (swapped) edits.push((beforeLast[column - 2] ?? 0) + 1)
  return Math.min(...edits)
}
