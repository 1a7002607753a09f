/** What commands share that do one thing and end. */
import { BuildwatchdError } from '../domain/errors.js'
import { type CliIo, DEFAULT_CONFIG_FILE } from './io.js'
import { endAtFirstSignal } from './signals.js'

export const CONFIG_FLAG = ['-c, --config <file>', `settings file (default: ${DEFAULT_CONFIG_FILE})`] as const

export type Report = (exitCode: number) => void

/** A command that does one thing and ends. Rejects with INTERNAL when its result could not be written. */
export async function oneOff(io: CliIo, work: () => Promise<number>): Promise<number> {
  const stopListening = endAtFirstSignal(process)
  try {
    const exitCode = await work()
    await written(io.stdout)
    return exitCode
  } finally {
    stopListening()
  }
}

/** A reader that has gone away (`| head -1`) has read enough; anything else that is in the way is a fault. */
async function written(stdout: CliIo['stdout']): Promise<void> {
  const refused = await new Promise<unknown>((resolve) => stdout.write('', resolve))
  const fault = stdout.errored ?? refused
  if (!fault || codeOf(fault) === 'EPIPE') return
  throw new BuildwatchdError('INTERNAL', `the result could not be written to stdout: ${codeOf(fault)}`)
}

function codeOf(fault: unknown): string {
  return typeof fault === 'object' && fault !== null && 'code' in fault ? String(fault.code) : String(fault)
}
