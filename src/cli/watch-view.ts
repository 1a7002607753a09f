/** What `watch` shows while it waits: lines, events for programs, a live line for each build, or nothing. */
import { type BuildProgress, eventLine, lineText } from '../app/watch-build.js'
import { durationWords } from '../domain/duration-words.js'
import { type BuildEvent, CONCLUDED } from '../domain/event.js'
import { safeText } from '../domain/safe-text.js'
import type { CliIo } from './io.js'
import { createLiveDisplay } from './live-display.js'
import type { LiveBuild } from './live-line.js'
import { type OutputFormat, renderResult } from './output.js'

export interface WatchView {
  event(event: BuildEvent): void
  readonly notice: (words: string) => void
  /** Resolves when everything has been written. */
  end(): Promise<void>
}

export interface ViewMeans {
  readonly io: CliIo
  readonly progress: () => readonly BuildProgress[]
}

export const SILENT_VIEW: WatchView = {
  event: () => undefined,
  notice: () => undefined,
  end: async () => undefined,
}

/** One event after the other, as they stand in the event log: a JSON line or a YAML document each. */
export function eventView({ stdout, stderr }: CliIo, format: Exclude<OutputFormat, 'table'>): WatchView {
  let written = Promise.resolve()
  const textOf = async (event: BuildEvent): Promise<string> =>
    format === 'json' ? `${safeText(JSON.stringify(event))}\n` : `---\n${await renderResult(event, format)}`
  return {
    event(event) {
      written = written.then(async () => void stdout.write(await textOf(event)))
    },
    notice: (words) => void stderr.write(`${safeText(words)}\n`),
    end: () => written,
  }
}

/** A line for each transition. */
export function lineView({ io: { stdout, stderr }, progress }: ViewMeans): WatchView {
  return {
    event: (event) => void stdout.write(`${lineOf(event, progress())}\n`),
    notice: (words) => void stderr.write(`${safeText(words)}\n`),
    end: async () => void stdout.write(sumLine(progress())),
  }
}

const REDRAW_MS = 200

/** Lines that change in place, and above them what has ended. */
export function liveView({ io, progress }: ViewMeans): WatchView {
  const { stdout, stderr, env } = io
  const display = createLiveDisplay({ stdout, env })
  const redraw = (): void => display.show(progress().filter(isOpen).map(liveBuild))
  const timer = setInterval(redraw, REDRAW_MS)
  const leaveClean = (): void => display.end()
  // A signal ends the process where it stands.
  process.once('exit', leaveClean)
  return {
    event(event) {
      if (event.type === CONCLUDED) display.print(lineOf(event, progress()))
      redraw()
    },
    notice(words) {
      // Between the lines of a terminal that shows both it would stay behind as rubbish.
      if (stderr.isTTY) display.print(safeText(words))
      else stderr.write(`${safeText(words)}\n`)
    },
    async end() {
      clearInterval(timer)
      process.off('exit', leaveClean)
      display.end()
      stdout.write(sumLine(progress()))
    },
  }
}

function isOpen({ end }: BuildProgress): boolean {
  return end === undefined
}

/** What has ended stands above the lines. */
function liveBuild(build: BuildProgress): LiveBuild {
  const { end: _, event: __, ...facts } = build
  return facts
}

/** `… is now BUILDING, 12 s old (main, 1a2b3c4)`; how long it took in all the words of an end say by themselves. */
function lineOf(event: BuildEvent, builds: readonly BuildProgress[]): string {
  const line = eventLine(event)
  const elapsedMs = builds.find(({ key }) => key === event.subject)?.elapsedMs
  if (event.type === CONCLUDED || elapsedMs === undefined) return lineText(line)
  return lineText({ ...line, words: `${line.words}, ${durationWords(elapsedMs)} old` })
}

/** Of several builds; of one its own line has said it. */
function sumLine(builds: readonly BuildProgress[]): string {
  if (builds.length < 2) return ''
  const counts = new Map<string, number>()
  for (const { end } of builds) counts.set(endWord(end), (counts.get(endWord(end)) ?? 0) + 1)
  const words = [...counts].map(([word, count]) => `${count} ${word}`)
  return `${builds.length} builds: ${words.join(', ')}\n`
}

function endWord(end: BuildProgress['end']): string {
  if (end === undefined) return 'not waited for'
  if (end.kind === 'concluded') return end.outcome
  return end.error.code === 'WATCH_TIMED_OUT' ? 'timed out' : 'not seen to the end'
}
