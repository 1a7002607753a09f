/**
 * The 26 WASI preview 1 calls that valkey.wasm imports, over files in memory. `node:wasi` is not used: it crashes Node 20 and 22
 * when a large dump is written. Calls with more than three arguments destructure a rest tuple in the order of the ABI
 * (wasi_snapshot_preview1.witx); an i64 is a bigint, everything else a number, the answer an error number.
 * Time is the machine's, never an injected clock: keys must expire when the other clients on the machine expect it.
 */
import type { GuestMemory } from './guest-memory.js'
import type { MemoryFiles } from './memory-files.js'
import { createDescriptorCalls } from './wasi-descriptor-calls.js'
import { createDescriptors, ERRNO } from './wasi-descriptors.js'
import { createPathCalls } from './wasi-path-calls.js'
import { createTransferCalls } from './wasi-transfer-calls.js'

export interface WasiDeps {
  readonly memory: GuestMemory
  readonly files: MemoryFiles
  /** Receives what the engine prints. */
  readonly print: (piece: Uint8Array) => void
}

/** Captured at load: fake timers in a test replace `Date.now`, and the engine must not follow them. */
const wallClock = Date.now

const REALTIME = 0
const EVENT_BYTES = 32

/** The engine called `exit`. It does not expect to come back from that: the instance is finished. */
class EngineExit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`it exited with code ${exitCode}`)
    this.exitCode = exitCode
  }
}

export function createWasi({ memory, files, print }: WasiDeps) {
  const descriptors = createDescriptors(print)
  return {
    ...createDescriptorCalls(memory, descriptors),
    ...createTransferCalls(memory, descriptors),
    ...createPathCalls({ memory, files, descriptors }),
    ...createProcessCalls(memory),
  }
}

function createProcessCalls(memory: GuestMemory) {
  return {
    environ_get: (): number => ERRNO.success,
    environ_sizes_get(countPointer: number, sizePointer: number): number {
      memory.view().setUint32(countPointer, 0, true)
      memory.view().setUint32(sizePointer, 0, true)
      return ERRNO.success
    },
    clock_time_get(id: number, _precision: bigint, pointer: number): number {
      const nanoseconds = id === REALTIME ? BigInt(wallClock()) * 1_000_000n : process.hrtime.bigint()
      memory.view().setBigUint64(pointer, nanoseconds, true)
      return ERRNO.success
    },
    /** Sleeping inside the engine would stop the whole daemon: every sleep is over at once. */
    poll_oneoff(...[, events, count, countPointer]: [number, number, number, number]): number {
      memory.slice(events, count * EVENT_BYTES).fill(0)
      memory.view().setUint32(countPointer, count, true)
      return ERRNO.success
    },
    proc_exit(code: number): never {
      throw new EngineExit(code)
    },
    sched_yield: (): number => ERRNO.success,
    sock_shutdown: (): number => ERRNO.notSupported,
  }
}
