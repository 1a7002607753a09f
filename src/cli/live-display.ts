/**
 * The lines of a terminal that are drawn anew in place. The cursor always rests at the beginning of the line below them and
 * is never hidden, so that a kill at any moment leaves a terminal to go on with. Each redraw is one write, which overwrites
 * and erases only what stood longer: nothing flickers.
 *
 * A terminal that is made narrower wraps what stands on it, so a line drawn may take several rows by now; how many is
 * counted for the width of the moment. (The few that cut lines instead, such as xterm, then lose as many lines above.)
 */
import type { Writable } from 'node:stream'
import { stripVTControlCharacters } from 'node:util'
import { safeText } from '../domain/safe-text.js'
import { type LineLook, type LiveBuild, liveLines } from './live-line.js'
import { rowsTaken } from './text-width.js'
import { takesUnicode } from './unicode.js'

interface LiveTerminal extends Writable {
  readonly isTTY?: boolean
  /** Of the moment; a change is told by the event `resize`. */
  readonly columns?: number
  readonly rows?: number
}

type Env = Readonly<Record<string, string | undefined>>

export interface LiveDisplay {
  /** Draws these builds in place of those drawn before; draws nothing where nothing changed. */
  show(builds: readonly LiveBuild[]): void
  /** Writes one lasting line above the live ones, without colour: what it holds is made safe. */
  print(line: string): void
  /** Leaves every build as shown last. To be called before anything else writes to the terminal. */
  end(): void
}

export interface LiveDisplayOptions {
  readonly stdout: LiveTerminal
  readonly env: Env
  /** Where the terminal does not tell its width; what it tells is followed as it changes. */
  readonly columns?: number
}

/** Whether lines can be drawn in place: not into a file or pipe, nor on a terminal that says it cannot. */
export function isLiveTerminal({ isTTY }: { readonly isTTY?: boolean }, { TERM }: Env): boolean {
  return isTTY === true && TERM !== 'dumb'
}

/** Terminals that do not tell their size report none, or 0. */
const [USUAL_COLUMNS, USUAL_ROWS] = [80, 24]

export function createLiveDisplay({ stdout, env, columns }: LiveDisplayOptions): LiveDisplay {
  const style = { colour: (env.NO_COLOR ?? '') === '', unicode: takesUnicode(env) }
  let builds: readonly LiveBuild[] = []
  let drawn: readonly string[] = []
  let hasEnded = false

  const look = (): LineLook => ({ ...style, columns: stdout.columns || columns || USUAL_COLUMNS })

  /** `above`: lasting lines, each with its line break. */
  function draw(lines: readonly string[], above = ''): void {
    const { columns } = look()
    const isSame = lines.length === drawn.length && lines.every((line, at) => line === drawn[at])
    if (isSame && above === '') return
    const up = drawn.reduce((rows, line) => rows + rowsTaken(stripVTControlCharacters(line), columns), 0)
    const text = lines.map((line) => `${line}${ERASE_TO_LINE_END}\n`).join('')
    const isSameShape = above === '' && up === lines.length
    stdout.write(`\r${(isSameShape ? UP : UP_ERASING).repeat(up)}${above}${text}`)
    drawn = lines
  }

  const lines = () => inRows(builds, look(), (stdout.rows || USUAL_ROWS) - 1)
  const redraw = () => draw(lines())
  stdout.on('resize', redraw)

  return {
    show(next) {
      if (hasEnded) return
      builds = next
      redraw()
    },
    print(line) {
      const above = `${safeText(line)}\n`
      if (hasEnded) stdout.write(above)
      else draw(lines(), above)
    },
    end() {
      if (hasEnded) return
      hasEnded = true
      stdout.off('resize', redraw)
      draw(liveLines(builds, look()))
    },
  }
}

const ESC = '\u001b['
const ERASE_TO_LINE_END = `${ESC}K`
const UP = `${ESC}A`
/**
 * Row by row, for tmux takes erasing all below for clearing the screen where it begins at the top, and keeps a copy. Where
 * rows have wrapped or are no longer needed they go first: rows that hang together would be joined again on a wider terminal.
 */
const UP_ERASING = `${UP}${ESC}2K`

/** At most so many rows: the cursor cannot go back to what has left the screen. Builds that have ended give way first. */
function inRows(builds: readonly LiveBuild[], look: LineLook, rows: number): string[] {
  if (builds.length <= Math.max(1, rows)) return liveLines(builds, look)
  const room = Math.max(0, rows - 1)
  const running = builds.filter(({ outcome }) => outcome === undefined)
  const ended = builds.filter(({ outcome }) => outcome !== undefined)
  const shown = new Set([...running, ...ended].slice(0, room))
  const more = `${look.unicode ? '…' : '...'} and ${builds.length - shown.size} more`
  return [
    ...liveLines(
      builds.filter((build) => shown.has(build)),
      look,
    ),
    more.slice(0, look.columns - 1),
  ]
}
