import { type EventLine, type Tailed, tailEvents } from '../app/tail.js'
import { beginningOf, matchOf, type TailChoice } from '../app/tail-choice.js'
import { BuildwatchdError } from '../domain/errors.js'
import { safeText } from '../domain/safe-text.js'
import { type Paint, paintFor } from './colour.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'

export interface TailOptions extends CommonOptions, TailChoice {
  /** False with `--no-follow`. */
  readonly follow: boolean
  readonly showCursor?: boolean
  readonly output: string
}

/** `tail`: the events of the log, one line each, as they come. */
export async function tail(options: TailOptions, io: CliIo): Promise<number> {
  const lineOf = lineFor(options.output, io)
  const stop = new AbortController()
  // A reader that has gone away has read enough.
  io.stdout.once('error', () => stop.abort())
  const say = (words: string): void => void io.stderr.write(`buildwatchd: ${safeText(words)}\n`)
  const asked = { ...requestOf(options, io), stop, say }
  let cursor: string | undefined
  for await (const item of tailEvents(asked)) {
    ;({ cursor } = item)
    if (item.kind === 'gap') say(GAPS[item.because])
    else await print(lineOf(item), io)
  }
  // Of what could not be written nobody may believe that it was.
  const isWhole = !stop.signal.aborted
  if (options.showCursor && isWhole && cursor !== undefined) io.stderr.write(`cursor: ${cursor}\n`)
  return EXIT.done
}

const GAPS: Readonly<Record<Extract<Tailed, { kind: 'gap' }>['because'], string>> = {
  trimmed:
    'events may be missing here: the log no longer reaches back so far; what follows is the oldest that it has (buildwatchd history shows how builds ended)',
  dataset_changed:
    'events may be missing here, and some may come again under the same ids: Redis has lost its data or gone back to an earlier state; what follows is the oldest that it has',
}

function requestOf(options: TailOptions, { env }: CliIo) {
  const begin = beginningOf(options, Date.now())
  const isWhole = !options.follow && Object.keys(begin).length === 0
  return {
    file: options.config,
    defaultFile: DEFAULT_CONFIG_FILE,
    env,
    begin: isWhole ? { after: 'beginning' } : begin,
    match: matchOf(options),
    ...(options.follow ? {} : { until: 'caught_up' as const }),
  }
}

type EventItem = Extract<Tailed, { kind: 'event' }>

function lineFor(output: string, io: CliIo): (item: EventItem) => string {
  const paint = paintFor(io)
  if (output === 'json') return ({ text }) => safeText(text)
  if (output === 'words') return ({ line, text }) => (line ? inWords(line, paint) : safeText(text))
  throw new BuildwatchdError('USAGE', `--output takes words or json, not ${JSON.stringify(output)}`)
}

function inWords({ time, subject, words, source, tone }: EventLine, paint: Paint): string {
  const line = `${paint(time, 'faint')}  ${subject} ${paint(words, tone)}`
  return source === '' ? line : `${line} ${paint(`(${source})`, 'faint')}`
}

/** One at a time: a reader that is slow slows the reading of the log. */
function print(line: string, { stdout }: CliIo): Promise<void> {
  return new Promise((resolve) => stdout.write(`${line}\n`, () => resolve()))
}
