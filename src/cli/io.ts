import type { Writable } from 'node:stream'

/** Where a command reads its environment and writes: results to stdout, everything else to stderr. */
export interface CliIo {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: Writable & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Options that every command takes. */
export interface CommonOptions {
  /** The settings file; absent when the user named none. */
  readonly config?: string
}

export const DEFAULT_CONFIG_FILE = 'config/buildwatchd.yaml'
