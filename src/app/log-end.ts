/**
 * The end of a build's log, fit to be sent to people: one request out of the account's reserve, secrets hidden, colours taken
 * out, what controls a terminal made visible. It goes to chats, so that it is better to hide too much.
 */
import type { Configuration } from '../config/configuration.js'
import type { BuildRef } from '../domain/build.js'
import type { Budget, Secret } from '../domain/ports.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { hideTokens } from '../domain/token-patterns.js'
import type { NorthflankClient } from '../northflank/client.js'
import { hideKeys, hideValues } from './log-secrets.js'

export interface LogMeans {
  readonly client: Pick<NorthflankClient, 'buildLog'>
  readonly budget: Budget
  readonly configuration: Pick<Configuration, 'accounts' | 'notifiers' | 'redis' | 'messages'>
}

const TIMEOUT_MS = 5000
const LONGEST_LINE = 300
/** Looked through for what looks like a secret: far more than is shown, for at the cut nothing can be told. */
const LONGEST_SEARCHED = 4000

/** Rejects when there is no request left for it, and as a read does. */
export async function logEnd(ref: BuildRef, account: string, means: LogMeans): Promise<string[]> {
  const { client, budget, configuration } = means
  const permit = await budget.take(account, 'reserve')
  if (permit.kind === 'denied') throw new Error(`no request is left for the log (${permit.because})`)
  const lines = await client.buildLog(ref, configuration.messages.logLines, {
    timeoutMs: TIMEOUT_MS,
    mayRetry: async () => false,
    onAnswer: (facts) => budget.learn(account, permit.number, facts),
  })
  const secrets = await Promise.all(secretsOf(configuration).map(valueOf))
  const texts = lines.map(readable).filter((line) => line !== '')
  return hideKeys(hideValues(texts, secrets)).map((line) =>
    safeExcerpt(hideTokens(line.slice(0, LONGEST_SEARCHED)), LONGEST_LINE),
  )
}

function secretsOf({ accounts, notifiers, redis }: LogMeans['configuration']): Secret[] {
  return [
    ...[...accounts.values()].map(({ token }) => token),
    ...[...notifiers.values()].flatMap(({ secrets }) => Object.values(secrets)),
    ...(redis.kind === 'server' ? [redis.url] : []),
  ]
}

/** One that cannot be read is known to nobody here. */
async function valueOf(secret: Secret): Promise<string> {
  return secret.reveal().catch(() => '')
}

/** Control sequences of terminals (ECMA-48: CSI, OSC and those of two characters). */
const [ESC, BEL] = ['\u001b', '\u0007']
const SEQUENCE = new RegExp(
  `${ESC}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|[@-Z\\\\^_])`,
  'g',
)

/** As a terminal would leave it: without colours, and of a line that was written over its last state. */
function readable(line: string): string {
  const plain = line.replace(SEQUENCE, '').replaceAll('\t', '  ').trimEnd()
  return plain.slice(plain.lastIndexOf('\r') + 1)
}
