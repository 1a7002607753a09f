/** `notify test`: one made-up event through a notifier, what was sent, and what came back. */
import { type Trial, tryNotifier } from '../app/try-notifier.js'
import { safeText } from '../domain/safe-text.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult } from './output.js'

export interface NotifyTestOptions extends CommonOptions {
  readonly event: string
  readonly template?: string
  readonly output: string
}

/** Exit 0 when it was taken, 1 when it was refused for good, 6 when trying again may help. */
export async function notifyTest(notifier: string, options: NotifyTestOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const trial = await tryNotifier({
    notifier,
    word: options.event,
    ...(options.template === undefined ? {} : { template: options.template }),
    file: options.config ?? DEFAULT_CONFIG_FILE,
    env: io.env,
    // What it prints on stdout is its message, and no result of this command.
    out: (line) => void io.stderr.write(`${line}\n`),
  })
  io.stdout.write(format === 'table' ? inWords(trial) : await renderResult(trial, format))
  return exitCodeOf(trial)
}

function exitCodeOf({ end }: Trial): number {
  if (end.kind !== 'dead_lettered') return EXIT.done
  return end.reason === 'exhausted' ? EXIT.unreachable : EXIT.buildFailed
}

function inWords({ notifier, type, event, body, end, answer, tookMs }: Trial): string {
  const verdict = end.kind === 'accepted' ? 'taken' : 'not taken'
  return [
    `notifier  ${notifier} (${type})`,
    `event     ${event.id} (${event.type})`,
    ...(body === undefined ? ['sent      nothing'] : ['sent', ...laidOut(body)]),
    `answer    ${verdict}: ${safeText(answer)} (${tookMs} ms)`,
    '',
  ].join('\n')
}

/** JSON as people read it, two columns in. */
function laidOut(body: string): string[] {
  return readable(body)
    .split('\n')
    .map((line) => `  ${safeText(line)}`)
}

function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
