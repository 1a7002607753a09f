/**
 * Keeps the thread of one plug-in. A call that does not end in time ends the thread, and whatever else it had in hand with it;
 * the next call starts another. So a plug-in can lose its own deliveries an attempt, and nothing else.
 */
import { Worker } from 'node:worker_threads'
import type { Logger } from '../domain/ports.js'
import { safeExcerpt } from '../domain/safe-text.js'

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
}

/** What the plug-in did wrong, in words that may hold foreign text; neutralised and cut. */
export class PlugInFault extends Error {
  override readonly name = 'PlugInFault'
}

export interface PlugInHost {
  /** Rejects with {@link PlugInFault}. The answer is plain data, of any shape. */
  call(call: PlugInCall, given: object, means: CallMeans): Promise<unknown>
  close(): Promise<void>
}

const LONGEST_WORDS = 300
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
}

interface Thread {
  readonly worker: Worker
  readonly pending: Map<number, Pending>
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
      await thread?.worker.terminate()
    },
  }
}

interface CallMessage {
  readonly id: number
  readonly call: PlugInCall
  readonly given: object
}

function callIn(
  { worker, pending }: Thread,
  message: CallMessage,
  { deadlineMs, signal, logger }: CallMeans,
): Promise<unknown> {
  const { id } = message
  return new Promise<unknown>((resolve, reject) => {
    const settle = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      pending.delete(id)
    }
    const fail = (words: string) => {
      settle()
      reject(new PlugInFault(words))
    }
    const timer = setTimeout(() => {
      fail(`did not answer within ${deadlineMs / 1000} s; its thread was ended`)
      void worker.terminate()
    }, deadlineMs)
    const onAbort = () => {
      worker.postMessage({ id, abort: true })
      fail('interrupted: the daemon is stopping')
    }
    const succeed = (value: unknown) => {
      settle()
      resolve(value)
    }
    pending.set(id, { logger, resolve: succeed, reject: ({ message: words }) => fail(words) })
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
    for (const { reject } of pending.values()) reject(new PlugInFault(words))
  }
  worker.on('message', (message: unknown) => receive(message, pending))
  worker.on('error', (error: unknown) => end(wordsOf(error)))
  worker.on('exit', () => end('its thread has ended'))
  return { worker, pending }
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
  const logger = [...pending.values()].find((call) => call.logger)?.logger
  if (known) logger?.[known]({ plugIn: fields }, safeExcerpt(String(words), LONGEST_WORDS))
}

function wordsOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error
  return safeExcerpt(String(message), LONGEST_WORDS)
}
