import { safeExcerpt } from '../domain/safe-text.js'
import { cutEnd, textWidth } from './text-width.js'

const WIDEST = 80

/** A heading and rows in columns that are as wide as they must be; what is empty in all rows is left out. Foreign text is made safe. */
export function columns(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const shown = names.map((_, at) => rows.some((row) => row[at] !== ''))
  const cells = [names, ...rows].map((row) => row.filter((_, at) => shown[at]).map(fitted))
  const widths = names
    .filter((_, at) => shown[at])
    .map((_, at) => Math.max(...cells.map((row) => textWidth(row[at] ?? ''))))
  return cells.map((row) =>
    row
      .map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - textWidth(cell)))
      .join('  ')
      .trimEnd(),
  )
}

/** {@link columns} two spaces in, cut off where a terminal of the usual width ends. */
export function fittedColumns(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return columns(names, rows).map((line) => fitted(`  ${line}`))
}

/** One line, made safe, of the width of a usual terminal at most. */
export function fitted(line: string): string {
  return cutEnd(safeExcerpt(line, WIDEST), WIDEST, '…')
}
