import { BuildwatchdError } from '../domain/errors.js'
import type { Logger } from '../domain/ports.js'
import { describeError } from './describe-error.js'
import { createGuestMemory } from './guest-memory.js'
import { createInternalPeer } from './internal-peer.js'
import { createMemoryFile, type MemoryFiles } from './memory-files.js'
import type { Peer } from './peer.js'
import { createSocketCalls } from './socket-calls.js'
import { createValkeyLog } from './valkey-log.js'
import type { ValkeyExports, ValkeyModule } from './valkey-module.js'
import { createWasi } from './wasi.js'

/** A booted engine. Whatever it throws means that it is beyond help: nothing more may be asked of it. */
export interface ValkeyInstance {
  /** One pass of its event loop: how many events it worked off, timers included. */
  readonly step: () => number
  /** Saves now, without giving clients a turn in between: the RDB file, or the engine's words of refusal. */
  readonly dump: () => Uint8Array | { readonly refused: string }
}

export interface BootDeps {
  readonly module: ValkeyModule
  readonly port: number
  /** The clients to accept; the engine takes them from the front. */
  readonly waiting: Peer[]
  readonly logger: Logger
  /** An RDB file to start from. */
  readonly dump?: Uint8Array
}

const DUMP_NAME = 'dump.rdb'
/** A command of ours is answered two steps after it is accepted; more means that clients are paused. */
const PATIENCE_STEPS = 8
/** Set at every boot. */
const SETTINGS = {
  /** At this limit writes are refused with a clear error; at the end of a 32-bit address space the engine would die. */
  maxmemory: '1gb',
  /** Fewer than its table of descriptors holds (socket-calls.ts), so that one too many is told why. */
  maxclients: '6000',
  /** Large values sent without a copy are not counted: a subscriber that does not read would never be cut. */
  'min-string-size-avoid-copy-reply': '2147483647',
}

/** Boots an engine. Rejects with EMBEDDED_FAILED and its last words, as it does on a dump that it cannot read. */
export async function bootValkey(deps: BootDeps): Promise<ValkeyInstance> {
  const files: MemoryFiles = new Map()
  if (deps.dump !== undefined) files.set(DUMP_NAME, createMemoryFile(deps.dump))
  const log = createValkeyLog(deps.logger)
  let engine: ValkeyExports | undefined
  const memory = createGuestMemory(() => engine?.memory ?? { buffer: new ArrayBuffer(0) })
  engine = await deps.module.instantiate({
    wasi_snapshot_preview1: createWasi({ memory, files, print: log.print }),
    host: createSocketCalls(memory, deps.waiting),
  })
  const step = engine.rk_step
  boot(engine, deps.port, log.lastWords)
  files.delete(DUMP_NAME)
  const execute = (command: readonly string[]): string => runCommand({ command, step, waiting: deps.waiting })
  const refusal = execute(['CONFIG', 'SET', ...Object.entries(SETTINGS).flat()])
  if (refusal !== OK) throw failure(refusal)
  return {
    step,
    dump() {
      const reply = execute(['SAVE'])
      const file = files.get(DUMP_NAME)
      files.delete(DUMP_NAME)
      return reply === OK && file !== undefined ? file.content() : { refused: reply.trim() || 'no reply' }
    },
  }
}

const OK = '+OK\r\n'

function boot(engine: ValkeyExports, port: number, lastWords: () => string): void {
  let code: number
  try {
    engine._initialize()
    code = engine.rk_boot(port)
  } catch (error) {
    throw failure(`${describeError(error)}: ${lastWords()}`, error)
  }
  if (code !== 0) throw failure(`code ${code}: ${lastWords()}`)
}

function failure(detail: string, cause?: unknown): BuildwatchdError {
  return new BuildwatchdError('EMBEDDED_FAILED', `The embedded Valkey did not start (${detail}).`, { cause })
}

interface InternalCommand {
  readonly command: readonly string[]
  readonly step: () => number
  readonly waiting: Peer[]
}

/** The raw reply; empty when none came in time. */
function runCommand({ command, step, waiting }: InternalCommand): string {
  const peer = createInternalPeer(command)
  // Ahead of all others: the engine accepts only ten per step.
  waiting.unshift(peer)
  for (let steps = 0; steps < PATIENCE_STEPS && peer.reply() === ''; steps += 1) step()
  peer.hangUp()
  return peer.reply()
}
