/**
 * The Redis that comes with the daemon: the real Valkey, compiled to WebAssembly, in this very process. This file puts it
 * together: a port (lobby), the engine (valkey-instance), its turns (step-loop) and its data on disk (snapshots).
 * It runs on real time: expiry, blocking reads and snapshot intervals do not follow the injected clock.
 */
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock, Logger } from '../domain/ports.js'
import { describeError } from './describe-error.js'
import { type Lobby, openLobby } from './lobby.js'
import { openSnapshotFile, type SnapshotFile } from './snapshot-file.js'
import { createSnapshots, NO_SNAPSHOTS, type SnapshotsDeps } from './snapshots.js'
import { createStepLoop } from './step-loop.js'
import { bootValkey, type ValkeyInstance } from './valkey-instance.js'
import { loadValkeyModule, type ValkeyModule } from './valkey-module.js'

export interface EmbeddedValkeyOptions {
  /** On 127.0.0.1; 0 takes any free one. */
  readonly port: number
  /** Absent: nothing is kept. The caller holds its lock (data-dir-lock.ts). */
  readonly dataDir?: string
  /** Default 60,000. */
  readonly snapshotIntervalMs?: number
  readonly logger: Logger
  /** Stamps what is moved aside; default the system's. */
  readonly clock?: Clock
  /**
   * The engine has died of a defect or a SHUTDOWN command: its connections are cut, its port is free, what came after the last
   * snapshot is lost. Start another one.
   */
  readonly onFatal?: (error: BuildwatchdError) => void
}

export interface EmbeddedValkey {
  readonly port: number
  /** `redis://127.0.0.1:PORT` */
  readonly url: string
  /** The snapshot that it started from: when it was written, and whether it held everything (a clean stop, no crash). */
  readonly restoredFrom?: { readonly at: number; readonly complete: boolean }
  /** Resolves when all that was written by now is on disk. Rejects with DATA_DIR_UNUSABLE or EMBEDDED_FAILED. */
  save(): Promise<void>
  /** Asks for a snapshot within 250 ms; calls until then are one. */
  saveSoon(): void
  /** Saves, cuts all connections, frees the port. Never rejects; safe to call twice. */
  stop(): Promise<void>
}

const SNAPSHOT_INTERVAL_MS = 60_000

/** Rejects with EMBEDDED_PORT_TAKEN, EMBEDDED_FAILED or DATA_DIR_UNUSABLE. */
export async function startEmbeddedValkey(options: EmbeddedValkeyOptions): Promise<EmbeddedValkey> {
  const module = await loadValkeyModule()
  const lobby = await openLobby(options.port)
  try {
    const clock = options.clock ?? { now: Date.now }
    const file = options.dataDir === undefined ? undefined : await openSnapshotFile(options.dataDir, clock)
    const boot = await bootFromSnapshot({ module, lobby, file, logger: options.logger })
    return operate({ options, lobby, file, ...boot })
  } catch (error) {
    await lobby.close()
    throw error
  }
}

interface BootFromSnapshotDeps {
  readonly module: ValkeyModule
  readonly lobby: Lobby
  readonly file: SnapshotFile | undefined
  readonly logger: Logger
}

interface Boot {
  readonly engine: ValkeyInstance
  readonly restoredFrom?: { readonly at: number; readonly complete: boolean }
}

/** An engine that chokes on a dump is finished; another one starts empty, and only then is the dump to blame. */
async function bootFromSnapshot({ module, lobby, file, logger }: BootFromSnapshotDeps): Promise<Boot> {
  const common = { module, port: lobby.port, waiting: lobby.waiting, logger }
  const stored = await file?.read()
  if (file === undefined || stored === undefined) return { engine: await bootValkey(common) }
  const { bytes, at, complete } = stored
  try {
    return { engine: await bootValkey({ ...common, dump: bytes }), restoredFrom: { at, complete } }
  } catch (error) {
    const engine = await bootValkey(common)
    const movedTo = await file.setAside()
    logger.warn(
      { movedTo, reason: describeError(error) },
      'The snapshot of the embedded Valkey is unreadable and was moved aside: starting empty.',
    )
    return { engine }
  }
}

interface Operation extends Boot {
  readonly options: EmbeddedValkeyOptions
  readonly lobby: Lobby
  readonly file: SnapshotFile | undefined
}

function operate({ options, lobby, file, engine, restoredFrom }: Operation): EmbeddedValkey {
  let stopping: Promise<void> | undefined
  const die = async (error: BuildwatchdError): Promise<void> => {
    options.logger.error({ reason: error.message }, 'The embedded Valkey has died.')
    snapshots.cancel()
    await lobby.close()
    if (stopping === undefined) options.onFatal?.(error)
  }
  const running = run(engine, die)
  const snapshots =
    file === undefined ? NO_SNAPSHOTS : createSnapshots(snapshotDeps(options, file, running.capture))
  const stop = async (): Promise<void> => {
    await snapshots.finish(running.captureAndHalt)
    running.halt()
    await lobby.close()
  }
  lobby.serve(running.wake)
  return {
    port: lobby.port,
    url: `redis://127.0.0.1:${lobby.port}`,
    ...(restoredFrom !== undefined && { restoredFrom }),
    save: () => stopping ?? snapshots.save(),
    saveSoon: () => snapshots.saveSoon(),
    stop: () => (stopping ??= stop()),
  }
}

function snapshotDeps(
  { snapshotIntervalMs, logger }: EmbeddedValkeyOptions,
  { write }: SnapshotFile,
  capture: () => Uint8Array,
): SnapshotsDeps {
  return { capture, write, intervalMs: snapshotIntervalMs ?? SNAPSHOT_INTERVAL_MS, logger }
}

/** The engine in motion. Once it has died, `capture` throws what it died of. */
function run(engine: ValkeyInstance, onDeath: (error: BuildwatchdError) => Promise<void>) {
  let dead: BuildwatchdError | undefined
  const loop = createStepLoop({
    step: engine.step,
    onFatal(cause) {
      dead = new BuildwatchdError(
        'EMBEDDED_FAILED',
        `The embedded Valkey has died: ${describeError(cause)}.`,
        { cause },
      )
      void onDeath(dead)
    },
  })
  const capture = (): Uint8Array => {
    if (dead !== undefined) throw dead
    const dump = loop.guard(engine.dump)
    // Clients were served along the way; the next turn sends their replies.
    loop.wake()
    if (!('refused' in dump)) return dump
    throw new BuildwatchdError('EMBEDDED_FAILED', `The embedded Valkey did not save: ${dump.refused}`)
  }
  return {
    wake: loop.wake,
    halt: loop.stop,
    capture,
    /** In one turn, so that no client is told of a write that the last snapshot does not hold. */
    captureAndHalt: (): Uint8Array => {
      const bytes = capture()
      loop.stop()
      return bytes
    },
  }
}
