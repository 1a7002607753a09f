/**
 * Keeps the thread of one plug-in. A call that does not end in time ends the thread, and whatever else it had in hand with it;
 * the next call starts another. So a plug-in can lose its own deliveries an attempt, and nothing else.
 */
import { Worker } from 'node:worker_threads'
import type { Logger } from '../domain/ports.js'
import { safeExcerpt } from '../domain/safe-text.js'
import type { HiddenValues } from './hidden-values.js'

export interface PlugInSource {
  /** `file:` URL of its module. */
  readonly module: string
  readonly name: string
  readonly options: unknown
}

type PlugInCall = 'describe' | 'check' | 'render' | 'send'

interface CallMeans {
  readonly deadlineMs: number
  /** When it fires the call is told, and given up. */
  readonly signal?: AbortSignal
  readonly logger?: Logger
  /** Hides in what is logged during the call. */
  readonly hidden?: HiddenValues
}

/** What the plug-in did wrong, in foreign words that may hold its secrets: to be hidden first, and cut after that. */
export class PlugInFault extends Error {
  override readonly name = 'PlugInFault'
  /** Of its thread, which another call may have ended; otherwise of this very call. */
  readonly isOfThread: boolean

  constructor(words: string, isOfThread = false) {
    super(words)
    this.isOfThread = isOfThread
  }
}

export interface PlugInHost {
  /** Rejects with {@link PlugInFault}. The answer is plain data, of any shape. */
  call(call: PlugInCall, given: object, means: CallMeans): Promise<unknown>
  close(): Promise<void>
}

const LONGEST_WORDS = 300
/** So long that what is shown of it in the end is far from the cut, which may part a secret. */
const LONGEST_FAULT = 20_000
/** What it needs to find programs, hosts and its own language; nothing that is likely to be a secret of others. */
const ENVIRONMENT = [
  'PATH',
  'HOME',
  'TZ',
  'LANG',
  'NODE_EXTRA_CA_CERTS',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
]
const LIMITS = { maxOldGenerationSizeMb: 256 }

interface Pending {
  readonly resolve: (value: unknown) => void
  readonly reject: (fault: PlugInFault) => void
  readonly logger: Logger | undefined
  readonly hidden: HiddenValues | undefined
}

interface Thread {
  readonly worker: Worker
  readonly pending: Map<number, Pending>
  /** Ends it; the next call has another, though it may take this one a moment to be gone. */
  readonly end: () => Promise<unknown>
}

export function createPlugInHost(source: PlugInSource): PlugInHost {
  let thread: Thread | undefined
  let calls = 0

  function living(): Thread {
    if (thread) return thread
    const started = startThread(source, () => {
      if (thread === started) thread = undefined
    })
    thread = started
    return started
  }

  return {
    call(call, given, means) {
      calls += 1
      return callIn(living(), { id: calls, call, given }, means)
    },
    async close() {
      await thread?.end()
    },
  }
}

interface CallMessage {
  readonly id: number
  readonly call: PlugInCall
  readonly given: object
}

function callIn(
  { worker, pending, end }: Thread,
  message: CallMessage,
  { deadlineMs, signal, logger, hidden }: CallMeans,
): Promise<unknown> {
  const { id } = message
  return new Promise<unknown>((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      pending.delete(id)
    }
    const fail = (fault: PlugInFault) => {
      settle()
      reject(fault)
    }
    const timer = setTimeout(() => {
      fail(new PlugInFault(`did not answer within ${deadlineMs / 1000} s; its thread was ended`))
      void end()
    }, deadlineMs)
    const onAbort = () => {
      worker.postMessage({ id, abort: true })
      fail(new PlugInFault('interrupted: the daemon is stopping'))
    }
    const succeed = (value: unknown) => {
      settle()
      resolve(value)
    }
    pending.set(id, { logger, hidden, resolve: succeed, reject: fail })
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    worker.postMessage(message)
  })
}

function startThread(workerData: PlugInSource, onEnd: () => void): Thread {
  const worker = new Worker(new URL('./plug-in-worker.js', import.meta.url), {
    workerData,
    env: Object.fromEntries(
      ENVIRONMENT.flatMap((key) => (key in process.env ? [[key, process.env[key]]] : [])),
    ),
    resourceLimits: LIMITS,
    execArgv: [],
    stdout: true,
    stderr: true,
  })
  // Drained, for nobody reads what a library prints there, and a full pipe would hold it up.
  worker.stdout.resume()
  worker.stderr.resume()
  worker.unref()
  const pending = new Map<number, Pending>()
  const end = (words: string) => {
    onEnd()
    for (const { reject } of pending.values()) reject(new PlugInFault(words, true))
  }
  worker.on('message', (message: unknown) => receive(message, pending))
  worker.on('error', (error: unknown) => end(wordsOf(error)))
  worker.on('exit', () => end('its thread has ended'))
  return {
    worker,
    pending,
    end: () => {
      onEnd()
      return worker.terminate()
    },
  }
}

function receive(message: unknown, pending: ReadonlyMap<number, Pending>): void {
  if (typeof message !== 'object' || message === null) return
  if ('log' in message) return log(message, pending)
  const call = 'id' in message && typeof message.id === 'number' ? pending.get(message.id) : undefined
  if ('error' in message) call?.reject(new PlugInFault(wordsOf(message.error)))
  else call?.resolve('value' in message ? message.value : undefined)
}

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

/** All calls in hand share the thread and write to the log of the same notifier. */
function log(message: object, pending: ReadonlyMap<number, Pending>): void {
  const { log: level, fields, message: words } = Object(message)
  const known = LEVELS.find((each) => each === level)
  const { logger, hidden } = [...pending.values()].find((call) => call.logger) ?? {}
  const said = String(words)
  if (known) logger?.[known]({ plugIn: fields }, safeExcerpt(hidden?.hide(said) ?? said, LONGEST_WORDS))
}

function wordsOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  return String(message).slice(0, LONGEST_FAULT)
}
