import { type BuildProgress, type RunningWatch, startWatch } from '../app/watch-build.js'
import { safeText } from '../domain/safe-text.js'
import { EXIT, exitCodeOfError, exitCodeOfOutcome, worstExitCode } from './exit-codes.js'
import type { CliIo } from './io.js'
import { isLiveTerminal } from './live-display.js'
import { outputFormat } from './output.js'
import { requestOf, type WatchOptions } from './watch-request.js'
import { eventView, lineView, liveView, SILENT_VIEW, type WatchView } from './watch-view.js'

/** `watch`: waits for builds; how they ended is its exit code. */
export async function watch(keys: readonly string[], options: WatchOptions, io: CliIo): Promise<number> {
  const request = requestOf(keys, options, io)
  let running: RunningWatch | undefined
  const view = viewOf(options, io, () => running?.progress() ?? [])
  running = startWatch(request, view)
  try {
    await running.done
  } finally {
    await view.end()
  }
  const builds = running.progress()
  if (!options.quiet) for (const line of failureLines(builds)) io.stderr.write(`${line}\n`)
  return worstExitCode(builds.map(exitCodeOf))
}

function viewOf(options: WatchOptions, io: CliIo, progress: () => readonly BuildProgress[]): WatchView {
  const format = outputFormat(options.output)
  if (options.quiet && !options.outputNamed) return SILENT_VIEW
  if (format !== 'table') {
    const view = eventView(io, format)
    return options.quiet ? { ...view, notice: SILENT_VIEW.notice } : view
  }
  if (options.quiet) return { ...lineView({ io, progress }), notice: SILENT_VIEW.notice }
  return isLiveTerminal(io.stdout, io.env) ? liveView({ io, progress }) : lineView({ io, progress })
}

/** What keeps one from being seen often keeps all. */
function failureLines(builds: readonly BuildProgress[]): string[] {
  const lines = builds.flatMap(({ end }) =>
    end?.kind === 'failed' ? [safeText(`buildwatchd: ${end.error.code}: ${end.error.message}`)] : [],
  )
  return [...new Set(lines)]
}

/** One that was not waited for says nothing: another has ended badly. */
function exitCodeOf({ end }: BuildProgress): number {
  if (end === undefined) return EXIT.done
  return end.kind === 'concluded' ? exitCodeOfOutcome(end.outcome) : exitCodeOfError(end.error)
}
