/**
 * What a message says beyond its event: where to see the build, what builds of its job usually take, and the end of the log of
 * one that failed. Nothing depends on it: a part that cannot be had is left out, and the message goes without it.
 */
import type { MessageSettings } from '../config/configuration.js'
import { type BuildRef, encodeSegment, parseBuildKey } from '../domain/build.js'
import { accountOf, CONCLUDED, type WatchEvent } from '../domain/event.js'
import type { Briefing } from '../domain/occasion.js'
import type { Budget, Logger } from '../domain/ports.js'
import { usualDurationMs } from '../domain/usual-duration.js'
import { readEndedBuilds } from '../store/ended-builds.js'
import type { ActiveConfiguration } from './live-configuration.js'
import { logEnd } from './log-end.js'
import type { StoreParts } from './store-parts.js'

export interface BriefingMeans {
  readonly store: Pick<StoreParts, 'redis' | 'keys'> & { readonly budget: Budget }
  readonly logger: Logger
  /** How long a part may take; 8 s by default. */
  readonly partMs?: number
}

/** More than the log may take by itself; a secret in a file, or Redis, may hang too. */
const PART_MS = 8000

type Version = Pick<ActiveConfiguration, 'configuration' | 'sources'>

/** By one version of the configuration. Never rejects. */
export function createBriefing(
  version: Version,
  means: BriefingMeans,
): (event: WatchEvent) => Promise<Briefing> {
  const { messages } = version.configuration
  return async (event) => {
    const ref = parseBuildKey(event.subject)
    if (!ref) return {}
    const attempted = attempting(event, means)
    const [usualMs, logLines] = await Promise.all([
      hasDuration(event) ? attempted('usual duration', () => usualMsOf(ref, means)) : undefined,
      wantsLog(event, messages)
        ? attempted('log', () => logOf(ref, event, { ...version, ...means }))
        : undefined,
    ])
    const link = linkTo(ref, messages)
    return {
      ...(link === undefined ? {} : { link }),
      ...(usualMs === undefined ? {} : { usualMs }),
      ...(logLines?.length ? { logLines } : {}),
    }
  }
}

function attempting({ id }: WatchEvent, { logger, partMs = PART_MS }: BriefingMeans) {
  return async <T>(part: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await within(partMs, work())
    } catch (error) {
      logger.debug({ event: id, part, error }, 'a message goes without a part of it')
      return undefined
    }
  }
}

/** What comes later is heard by nobody. */
async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** What services take, and messages have room for; ids are foreign and may be long. */
const LONGEST_LINK = 2000

/** `undefined` where nobody wants one, it is too long, or it names a team and there is none. */
function linkTo(ref: BuildRef, { link }: MessageSettings): string | undefined {
  if (link === undefined || (ref.team === undefined && link.includes('{team}'))) return undefined
  const segments = new Map<string, string>(Object.entries(ref))
  const filled = link.replace(/\{(\w+)\}/g, (_, name: string) => encodeSegment(segments.get(name) ?? ''))
  return filled.length > LONGEST_LINK ? undefined : filled
}

function hasDuration(event: WatchEvent): boolean {
  return event.type === CONCLUDED && event.data.durationMs !== undefined
}

async function usualMsOf(ref: BuildRef, { store }: BriefingMeans): Promise<number | undefined> {
  return usualDurationMs(await readEndedBuilds(ref, store))
}

/** Who was aborted was meant to be, and what was not even submitted has printed nothing. */
function wantsLog(event: WatchEvent, { logLines }: MessageSettings): boolean {
  if (logLines === 0 || event.type !== CONCLUDED) return false
  return event.data.outcome === 'failure' || event.data.outcome === 'crashed'
}

async function logOf(
  ref: BuildRef,
  event: WatchEvent,
  { configuration, sources, store }: Version & BriefingMeans,
): Promise<string[]> {
  const account = accountOf(event)
  const client = sources.clientOf(account)
  if (!client) throw new Error(`the settings have no account ${account}`)
  return logEnd(ref, account, { client, budget: store.budget, configuration })
}
