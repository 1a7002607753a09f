/**
 * As much of a terminal as the live display uses: a grid with a scrollback, which wraps, and rewraps what hangs together
 * when its width changes, as most terminals do. Anything it does not know is an error.
 */
import { Writable } from 'node:stream'
import { textWidth } from '../../../src/cli/text-width.js'

const CSI = '\u001b['
const TOKEN = new RegExp(`${CSI.replace('[', '\\[')}\\d*[A-Za-z]|\\P{M}\\p{M}*`, 'gsu')

interface Row {
  cells: string[]
  /** It goes on in the next row. */
  wraps: boolean
}

export class Screen extends Writable {
  readonly isTTY = true
  writes = 0
  private grid: Row[] = [emptyRow()]
  private row = 0
  private column = 0

  constructor(
    public columns: number,
    public rows: number,
  ) {
    super({ decodeStrings: false })
  }

  /** All lines down to the cursor, those that have left the screen included; rows that hang together are one. */
  lines(): string[] {
    return joined(this.used(0)).map(textOf)
  }

  /** What stands on the screen, row by row. */
  visible(): string[] {
    return this.used(this.top()).map(({ cells }) => textOf(cells))
  }

  cursorAtFreshLine(): boolean {
    return this.column === 0 && this.grid.slice(this.row).every(({ cells }) => cells.length === 0)
  }

  private used(from: number): Row[] {
    const last = this.grid.findLastIndex(({ cells }) => cells.length > 0)
    return this.grid.slice(from, Math.max(last, this.row) + 1)
  }

  resize(columns: number, rows = this.rows): void {
    const before = joined(this.grid.slice(0, this.row))
    const after = joined(this.grid.slice(this.row))
    this.grid = before.flatMap((cells) => wrapped(cells, columns))
    this.row = this.grid.length
    this.grid.push(...after.flatMap((cells) => wrapped(cells, columns)))
    Object.assign(this, { columns, rows })
    this.emit('resize')
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.writes++
    for (const [token] of chunk.matchAll(TOKEN)) this.take(token)
    done()
  }

  private take(token: string): void {
    if (token === '\r') this.column = 0
    else if (token === '\n') this.feed(false)
    else if (token.startsWith(CSI)) this.obey(token.slice(CSI.length))
    else if (/^\p{Cc}/u.test(token)) throw new Error(`this screen does not know ${JSON.stringify(token)}`)
    else this.put(token)
  }

  private obey(command: string): void {
    if (command === 'A') this.row = Math.max(this.top(), this.row - 1)
    else if (command === 'K') this.erase(this.column)
    else if (command === '2K') this.erase(0)
    else if (!command.endsWith('m')) throw new Error(`this screen does not know the command ${command}`)
  }

  private put(character: string): void {
    const width = textWidth(character)
    if (this.column + width > this.columns) this.feed(true)
    const { cells } = this.at()
    while (cells.length < this.column) cells.push(' ')
    cells.splice(this.column, width, character, ...Array<string>(Math.max(0, width - 1)).fill(''))
    this.column += width
  }

  private feed(wraps: boolean): void {
    if (wraps) this.at().wraps = true
    this.row++
    this.column = 0
    this.at()
  }

  private erase(from: number): void {
    const row = this.at()
    row.cells.length = Math.min(row.cells.length, from)
    row.wraps = false
  }

  private top(): number {
    return Math.max(0, this.grid.length - this.rows)
  }

  private at(): Row {
    while (this.grid.length <= this.row) this.grid.push(emptyRow())
    return this.grid[this.row]!
  }
}

function textOf(cells: readonly string[]): string {
  return cells.join('').trimEnd()
}

function emptyRow(): Row {
  return { cells: [], wraps: false }
}

function joined(rows: readonly Row[]): string[][] {
  const lines: string[][] = []
  let open: string[] | undefined
  for (const { cells, wraps } of rows) {
    if (open) open.push(...cells)
    else lines.push((open = [...cells]))
    if (!wraps) open = undefined
  }
  return lines
}

function wrapped(cells: readonly string[], columns: number): Row[] {
  const rows: Row[] = [emptyRow()]
  cells.forEach((cell, at) => {
    const isWide = cells[at + 1] === ''
    let row = rows.at(-1)!
    if (row.cells.length + (isWide ? 2 : 1) > columns) {
      row.wraps = true
      rows.push((row = emptyRow()))
    }
    row.cells.push(cell)
  })
  return rows
}
