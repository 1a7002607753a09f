/**
 * What people read of probes that fail. An API that is down, a token that is wrong or a Redis that is full shows at every
 * build of the account at once: that is one fact and one line, while a build that is not found is a fact of its own.
 */
import type { BuildwatchdError, ErrorCode } from '../domain/errors.js'
import { createLineLimit } from '../domain/line-limit.js'
import type { Clock, Logger } from '../domain/ports.js'
import type { Target } from '../domain/target.js'

export interface ProbeLog {
  failed(target: Target, error: BuildwatchdError, facts: { failedProbes: number; nextInMs: number }): void
  /** A probe succeeds after `failedProbes` that did not. */
  recovered(target: Target, failedProbes: number): void
  /** It is seen, but not by the way that would be the shortest: the token lacks a right. */
  lacking(target: Target, permission: string): void
  /** Said once. */
  oldestFirst(target: Target): void
  /** Redis would not write it. */
  refused(target: Target, reason: string): void
}

/** Troubles of one build; all others are of the whole account. */
const OF_ONE_BUILD: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'API_NOT_FOUND',
  'API_FORBIDDEN',
  'API_BAD_RESPONSE',
])

export function createProbeLog({ logger, clock }: { logger: Logger; clock: Clock }): ProbeLog {
  const limit = createLineLimit(clock)
  let hasSaidOrder = false

  function say(level: 'info' | 'warn' | 'error', kind: string, [fields, message]: [object, string]): void {
    const leave = limit(kind)
    if (leave) logger[level](leave.alike === 0 ? fields : { ...fields, ...leave }, message)
    else logger.debug(fields, message)
  }

  return {
    failed(target, { code, message }, { failedProbes, nextInMs }) {
      const fields = { ...named(target), code, error: message, failedProbes, nextInMs }
      const words = 'probe failed; the watch goes on'
      if (failedProbes > 1) logger.debug(fields, 'probe failed again')
      else if (OF_ONE_BUILD.has(code)) logger.warn(fields, words)
      else say('warn', `${target.account} ${code}`, [fields, words])
    },
    recovered(target, failedProbes) {
      say('info', `${target.account} recovered`, [{ ...named(target), failedProbes }, 'probes succeed again'])
    },
    lacking(target, permission) {
      const words = 'the token lacks a permission; this is followed in another way'
      say('warn', `${target.account} lacks ${permission}`, [{ ...named(target), permission }, words])
    },
    oldestFirst(target) {
      if (hasSaidOrder) return
      hasSaidOrder = true
      logger.warn(named(target), 'the API lists builds oldest first; each look reads the list to its end')
    },
    refused(target, reason) {
      say('error', 'refused', [{ ...named(target), reason }, 'Redis refused the record; will try again'])
    },
  }
}

function named({ kind, id }: Target): { readonly build: string } | { readonly feed: string } {
  return kind === 'feed' ? { feed: id } : { build: id }
}
