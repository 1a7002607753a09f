/**
 * The troubles that one probe can tell of: its account's, its target's, and those of builds that it had to look for. What
 * troubles the account troubles its targets by itself, so it is told once and not of each of them.
 */
import { type BuildRef, buildKey } from '../domain/build.js'
import type { BuildwatchdError } from '../domain/errors.js'
import { routesFor } from '../domain/feed-news.js'
import type { BuildRecords } from '../domain/ports.js'
import type { Route } from '../domain/route.js'
import type { FeedTarget, Target } from '../domain/target.js'
import { accountSubject, NO_TROUBLE, type TroubleRecord } from '../domain/trouble.js'
import { troubledCadence } from '../planning/troubled-cadence.js'
import type { Known } from './known-builds.js'
import { noteAbandoned, noteFailed, noteGood, type Patient, type TroublePorts } from './note-trouble.js'
import type { Sighting, UnseenBuild } from './sighting.js'

export interface TroubleWatch {
  seen(sighting: Sighting): Promise<void>
  /** Answers the target's own trouble. */
  failed(error: BuildwatchdError): Promise<TroubleRecord>
  /** The target, with the trouble that it has by now, is asked for no more. */
  abandoned(trouble: TroubleRecord): Promise<void>
}

export interface TroubleWatchPorts extends TroublePorts {
  readonly records: Pick<BuildRecords, 'forget'>
}

export function createTroubleWatch(target: Target, known: Known, ports: TroubleWatchPorts): TroubleWatch {
  const ofAccount = accountPatient(target, known)
  const ofTarget = targetPatient(target, known)
  return {
    async seen(sighting) {
      const { throttled } = sighting
      if (throttled) await noteFailed(ofAccount, throttled, ports)
      else await noteGood(ofAccount, ports)
      await noteGood(ofTarget, ports)
      if (target.kind === 'feed') await noteBuilds(sighting, { feed: target, known }, ports)
    },
    async failed(error) {
      const { trouble } = await noteFailed(ofAccount, error, ports)
      return trouble === undefined ? noteFailed(ofTarget, error, ports) : ofTarget.known
    },
    async abandoned(trouble) {
      await noteAbandoned({ ...ofTarget, known: trouble }, ports)
    },
  }
}

interface KnownFeed {
  readonly feed: FeedTarget
  readonly known: Known
}

async function noteBuilds(
  { snapshots, unseen }: Sighting,
  of: KnownFeed,
  ports: TroubleWatchPorts,
): Promise<void> {
  const shown = snapshots.filter(({ ref }) => of.known.troubles.has(buildKey(ref)))
  for (const { ref } of shown) await noteGood(buildPatient(ref, of), ports)
  for (const each of unseen) await noteUnseen(each, of, ports)
}

/** What could not be seen for a week is followed no more. One that a watch names is asked for as long as it does: once a day. */
async function noteUnseen(
  { ref, error }: UnseenBuild,
  of: KnownFeed,
  ports: TroubleWatchPorts,
): Promise<void> {
  const patient = buildPatient(ref, of)
  const isNamed = of.feed.named.some(({ build }) => build === ref.build)
  // The process died when it had just been given up.
  const isGivenUp = patient.known.trouble === 'abandoned' && !isNamed
  if (patient.routes === undefined || isGivenUp) return ports.records.forget(ref)
  const trouble = await noteFailed(patient, error, ports)
  if (isNamed || troubledCadence(trouble, ports.clock.now())?.kind !== 'abandon') return
  await noteAbandoned({ ...patient, known: trouble }, ports)
  await ports.records.forget(ref)
}

function accountPatient({ account }: Target, { troubles }: Known): Patient {
  const subject = accountSubject(account)
  return { subject, scope: 'account', account, known: troubles.get(subject) ?? NO_TROUBLE }
}

function targetPatient(target: Target, { troubles }: Known): Patient {
  const { id, account } = target
  return {
    subject: id,
    scope: 'target',
    account,
    routes: allRoutes(target),
    known: troubles.get(id) ?? NO_TROUBLE,
  }
}

/** Without routes when no watch wants it. */
function buildPatient(ref: BuildRef, { feed, known }: KnownFeed): Patient {
  const subject = buildKey(ref)
  const latest = known.builds.get(subject)?.recorded.latest
  const routes = routesFor({ ...latest, id: ref.build }, feed)
  return {
    subject,
    scope: 'target',
    account: feed.account,
    known: known.troubles.get(subject) ?? NO_TROUBLE,
    ...(routes === undefined ? {} : { routes }),
  }
}

function allRoutes(target: Target): readonly Route[] {
  if (target.kind === 'build') return target.routes
  return [...target.interests, ...target.named].flatMap(({ routes }) => routes)
}
