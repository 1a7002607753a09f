/**
 * Every way in and out of the corridors. `core` is written against these interfaces only; the rooms that implement them
 * are named beside each. All instants are epoch milliseconds, all durations milliseconds.
 */
import type { Attempt, BeginResult, LaneOrder } from './attempt.js'
import type { BuildKey, BuildRef, ResourceRef } from './build.js'
import type { BudgetStanding, Claims, JobFacts, NextProbe } from './cadence.js'
import type { Delivery, DeliveryEnd, DeliveryResult, PlannedDelivery, SendResult } from './delivery.js'
import type { BuildEvent, StuckEvent, TroubleEvent, WatchEvent } from './event.js'
import type { Watermark } from './history.js'
import type { Occasion } from './occasion.js'
import type { ProbeNote } from './probe.js'
import type { Route } from './route.js'
import type { Snapshot } from './snapshot.js'
import type { Pacing, Target, Windows } from './target.js'
import type { RecordedBuild, Transition } from './transition.js'
import type { TroubleRecord } from './trouble.js'

export interface Clock {
  now(): number
}

/** Uniform in [0, 1). */
export type Random = () => number

/** Structured log; implemented in telemetry. Secrets are scrubbed by value on the final line. */
export interface Logger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  child(fields: object): Logger
}

/** A secret by reference: read at use, never kept in settings, logs, Redis or job data. Implemented in config. */
export interface Secret {
  /** The present value. Rejects with SECRET_UNREADABLE, naming the variable or file. */
  reveal(): Promise<string>
}

// ── The API ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What the rate-limit headers of one answer said; absent fields were absent or unreadable. */
export interface RateLimitFacts {
  readonly limit?: number
  readonly remaining?: number
  readonly resetInMs?: number
  /** The answer was a 429. */
  readonly throttled: boolean
}

export interface ReadHooks {
  readonly signal: AbortSignal
  /** For one HTTP attempt. */
  readonly timeoutMs: number
  /** Asked before each immediate retry; `false` ends the retries. */
  mayRetry(): Promise<boolean>
  /** Told of every answer, error answers too. */
  onAnswer(facts: RateLimitFacts): Promise<void>
}

export interface ListHooks extends ReadHooks {
  /** Asked after each page that is not the last: is something still expected further back? */
  wantsMore(seen: readonly Snapshot[]): boolean
  /** Asked before each page but the first; `false` ends the list there. */
  mayAsk(): Promise<boolean>
}

/** What a list has shown. */
export interface Listing {
  /** Each build once, as the first page that held it showed it. */
  readonly snapshots: readonly Snapshot[]
  /** As `whole`: to its last page; `enough`: nothing more was wanted; `cut`: no leave for the next page, or too many. */
  readonly end: 'whole' | 'enough' | 'cut'
}

/** One account's API; implemented in northflank. Rejects with ApiError, or with the signal's reason once that is aborted. */
export interface BuildSource {
  get(ref: BuildRef, hooks: ReadHooks): Promise<Snapshot>
  /** Page by page, newest builds first as far as the API keeps to that. */
  list(ref: ResourceRef, hooks: ListHooks): Promise<Listing>
}

/** Whether windows are open; implemented in queue. */
export interface WindowClock {
  /** 0 when one is open now, or there is none; else ms until the next one opens. */
  opensInMs(windows: Windows, now: number): number
}

/** What is left to everyone else on the account; 0 ≤ share < 1; never under 20 requests, nor over half the limit. */
export type Reserve =
  | { readonly kind: 'share'; readonly share: number }
  | { readonly kind: 'requests'; readonly requests: number }

/** `planned` stays within limit − reserve; `reserve` may use all but goes never past the limit. */
export type Purpose = 'planned' | 'reserve'

export type Permit =
  /** `number` counts the account's permits; hand it back to `learn` with the answer. */
  | { readonly kind: 'granted'; readonly number: number }
  | { readonly kind: 'denied'; readonly inMs: number; readonly because: 'pace' | 'budget' | 'throttled' }

/** The account's allowance, shared by all replicas; implemented in store. */
export interface Budget {
  /** Where the bucket is empty, no one is sent away for longer than `patienceMs`. */
  take(account: string, purpose: Purpose, patienceMs?: number): Promise<Permit>
  learn(account: string, permitNumber: number, facts: RateLimitFacts): Promise<void>
}

// ── The record ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface RecordEntry {
  readonly snapshot: Snapshot
  /** The `seq` read before the request: a late answer must lose. */
  readonly expectedSeq: number
  /** A watch names the build: its record stays as long as that does. Others expire once they have concluded. */
  readonly named: boolean
  /** Absent when only other fields of the build changed. */
  readonly change?: RecordedChange
}

export type RecordedChange =
  /** The store adds the verdict to a terminal one. */
  | {
      readonly kind: 'news'
      readonly transition: Transition
      readonly event: BuildEvent
      readonly routes: readonly Route[]
    }
  /** Concluded before anyone watched: for learning and the line's head, told to nobody. */
  | { readonly kind: 'history'; readonly transition: Transition; readonly event: BuildEvent }

export type RecordResult =
  | { readonly kind: 'recorded'; readonly seq: number }
  /** Nothing to write, or this very transition is already there. */
  | { readonly kind: 'unchanged' }
  /** Someone else wrote since `expectedSeq` was read; the snapshot is dropped. */
  | { readonly kind: 'stale' }
  | { readonly kind: 'concluded' }
  /** Nothing was written; `reason` says what is in the way. */
  | { readonly kind: 'refused'; readonly reason: string }

/** The durations of a job's or service's builds, as far as they are kept. */
export interface KnownDurations {
  readonly count: number
  /** 0 when none is known. */
  readonly longestMs: number
}

/** Builds and their transitions; implemented in store, one Lua script. */
export interface BuildRecords {
  /** In the order of `refs`. */
  read(refs: readonly BuildRef[]): Promise<RecordedBuild[]>
  record(entry: RecordEntry): Promise<RecordResult>
  /** The builds of a job or service that are recorded and have not concluded, oldest first. */
  active(ref: ResourceRef): Promise<BuildRef[]>
  /** It is no longer followed, though it has not concluded; what is recorded of it expires. */
  forget(ref: BuildRef): Promise<void>
  /** Puts off the expiry of concluded builds that still show but have no instants to be known by. */
  keep(refs: readonly BuildRef[]): Promise<void>
  durations(ref: ResourceRef): Promise<KnownDurations>
  /** Appends the event to the log, once per build; `false` when it was told before or the build has concluded. */
  tellStuck(event: StuckEvent, routes: readonly Route[]): Promise<boolean>
}

/** How far the interests of feeds have come, by feed and interest id; implemented in store. */
export interface Watermarks {
  read(feed: string): Promise<ReadonlyMap<string, Watermark>>
  /** Sets those that do not exist yet; answers all as they then stand. */
  begin(feed: string, marks: ReadonlyMap<string, Watermark>): Promise<ReadonlyMap<string, Watermark>>
  /** The list has been read as far back as these wanted. */
  caughtUp(feed: string, interests: readonly string[]): Promise<void>
  /** Takes note of all there are, and puts back those that this process has seen and Redis has lost. */
  restore(): Promise<void>
}

/** The watcher's own trouble, by subject: a target's id, a build key or `accounts/<name>`; implemented in store. */
export interface Troubles {
  /** In the order of `subjects`. */
  read(subjects: readonly string[]): Promise<TroubleRecord[]>
  /** Writes `next` if the record is still at `next.rev - 1`, and with it the event; `false` if it is not. */
  note(
    subject: string,
    next: TroubleRecord,
    told?: { readonly event: TroubleEvent; readonly routes: readonly Route[] },
  ): Promise<boolean>
}

/** The newest probes of each target, for people; implemented in store. */
export interface ProbeNotes {
  /** Never rejects: nothing depends on it. */
  note(target: string, note: ProbeNote): Promise<void>
  /** Oldest first. */
  read(target: string): Promise<ProbeNote[]>
}

/** What planning goes by, shared by all replicas; implemented in store. What an account shares is opaque JSON here. */
export interface PlanningStore {
  /** Of its active builds only the one that `ref` names, if it names one. */
  job(ref: ResourceRef & { readonly build?: string }): Promise<JobFacts>
  /** As it stood a moment ago; `undefined` before it is first written. */
  account(account: string): Promise<string | undefined>
  /** Writes `next` if `before` is still what is there; `false` if it is not. */
  swapAccount(account: string, before: string | undefined, next: string): Promise<boolean>
  claims(account: string): Promise<Claims>
  /** `undefined` before the first permit. */
  standing(account: string): Promise<BudgetStanding | undefined>
}

/** When to ask a target next, after a probe that was answered. */
export interface Cadence {
  /** `bornAt`: when the builds that it follows were created, or seen first; epoch ms. */
  next(watched: WatchedTarget, bornAt: ReadonlyMap<BuildKey, number>): Promise<NextProbe>
  /** As {@link next} would say it now of the last answer, for who still waits; `undefined` where waiting changes nothing. */
  reconsider(watched: WatchedTarget): Promise<NextProbe | undefined>
  /** Builds have ended; how long they took. Milliseconds. */
  learn(account: string, durationsMs: readonly number[]): Promise<void>
  /** How long to be sent away at most where the bucket is empty. Milliseconds; the more urgent come back sooner. */
  patience(watched: WatchedTarget): Promise<number>
}

// ── Targets ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface WatchedTarget {
  readonly target: Target
  readonly pacing: Pacing
}

export interface WantedTarget {
  readonly id: string
  readonly nextProbeAt?: number
}

/** What is wanted, kept in Redis so that any replica can poll it; implemented in store. */
export interface Targets {
  /** The target if it is wanted and not finished. */
  find(id: string): Promise<WatchedTarget | undefined>
  /** Answers `false`, and writes nothing, when the target is no longer wanted. */
  pace(id: string, pacing: Pacing): Promise<boolean>
  /** Its build has concluded and is recorded: no more polls. */
  finish(id: string): Promise<void>
  /** Asked for a week in vain: no more polls until {@link resume}. */
  abandon(id: string): Promise<void>
  /** After a start or reload: what was abandoned is asked for again. */
  resume(): Promise<void>
  /** Those of an account's targets that may be told of its trouble. */
  accountRoutes(account: string): Promise<readonly Route[]>
  /** True when this configuration is the newest among the live replicas: only then may this one sweep. */
  claim(configuration: WantedConfiguration): Promise<boolean>
  /** Makes exactly these targets the wanted ones; cheap when they already are. */
  publish(configuration: WantedConfiguration): Promise<void>
  /** All that is wanted and not finished. */
  unfinished(): Promise<WantedTarget[]>
}

export interface WantedConfiguration {
  /** Identifies the content: equal on all replicas with equal files. */
  readonly digest: string
  readonly targets: readonly Target[]
  /** By account: whom to tell of its trouble. */
  readonly accountRoutes: ReadonlyMap<string, readonly Route[]>
  /** Names of the notifiers in the settings. */
  readonly notifiers: readonly string[]
}

/** What live replicas say of themselves; implemented in store. */
export interface Replicas {
  /** This one delivers to these. Others are told with its next sign of life. */
  serves(notifiers: readonly string[]): void
  /** Those that the other live ones serve; `undefined` while one of them has not said. */
  notifiersOfOthers(): Promise<readonly string[] | undefined>
}

// ── Deliveries ──────────────────────────────────────────────────────────────────────────────────────────────────────

export interface LoggedEvent {
  /** Stream id in the event log. */
  readonly logId: string
  readonly event: WatchEvent
  /** The routes in force when it was recorded. */
  readonly routes: readonly Route[]
}

/** The event log as dispatch reads it: a consumer group that starts at the beginning; implemented in store. */
export interface EventLog {
  /** Waits for events up to `blockMs`; first those that a dead reader left unacknowledged. Empty when none came. */
  next(blockMs: number): Promise<LoggedEvent[]>
  acknowledge(logId: string): Promise<void>
  /** What was handed out and not acknowledged comes again with the next call. */
  recall(): void
}

export interface PendingDelivery {
  readonly id: string
  readonly notifier: string
  /** Epoch ms of the next attempt. */
  readonly dueAt: number
}

/** A delivery that has not ended. */
export interface OpenDelivery extends Delivery {
  /** As frozen at the first attempt; absent before it. */
  readonly body?: string
  /** Epoch ms. */
  readonly openedAt: number
  /** Epoch ms; whoever is called earlier, because a clock was set back, waits. */
  readonly notBefore?: number
}

/** The delivery ledger: what must be told, what was told; implemented in store. */
export interface Ledger {
  /** Opens the rows that do not exist yet; answers those of the given ones that still wait to be delivered. */
  open(deliveries: readonly PlannedDelivery[]): Promise<PlannedDelivery[]>
  /** `undefined` when it has ended, or never was. */
  find(id: string): Promise<OpenDelivery | undefined>
  /** Deliveries of this notifier that were never begun and may be, those that are due first; the longest waiting first. */
  unbegun(notifier: string, limit: number): Promise<OpenDelivery[]>
  /** Notes that an attempt starts, unless something stands in its way. */
  begin(id: string, attempt: Attempt): Promise<BeginResult>
  /** Notes that the attempt ended, if one was in hand, and another is due at `dueAt`. */
  postpone(id: string, dueAt: number, reason: string): Promise<void>
  /** Notes that no attempt was started, and that it is to be tried again at `dueAt`. */
  defer(id: string, dueAt: number, reason: string): Promise<void>
  /** Gives the attempt in hand back, as if it had never started; due at once. */
  release(id: string): Promise<void>
  end(id: string, end: DeliveryEnd): Promise<void>
  pending(): Promise<PendingDelivery[]>
  /** Takes note that these notifiers have queues; answers all that have, also those of earlier settings. */
  queued(notifiers: readonly string[]): Promise<string[]>
  /** Their queues are gone. */
  unqueued(notifiers: readonly string[]): Promise<void>
  suspend(notifier: string, reason: string): Promise<void>
  isSuspended(notifier: string): Promise<boolean>
  /** Epoch ms of the last delivery that the notifier took; `undefined` where it never did. */
  acceptedAt(notifier: string): Promise<number | undefined>
}

export interface OutgoingDelivery {
  readonly delivery: Delivery
  readonly idempotencyKey: string
  readonly body: string
  readonly attempt: number
}

/** One configured notifier; implemented in notify. */
export interface Notifier {
  /** The body without secrets, rendered once per delivery: JSON, or one line. */
  render(occasion: Occasion): Promise<string> | string
  /** `any` where it is absent. */
  readonly order?: LaneOrder
  /** It tells the event and nothing else: no briefing is made for it, which may cost a request of the API. */
  readonly isPlain?: boolean
  /** Whether it can tell several events in one message; see `Occasion.together`. */
  readonly canGroup?: boolean
  /** Never rejects for what the other side does; ends within its own deadline. */
  send(outgoing: OutgoingDelivery, context: SendContext): Promise<SendResult>
}

export interface SendContext {
  readonly signal: AbortSignal
  readonly logger: Logger
  readonly memo: Memo
}

/** What one notifier remembers between deliveries, such as which message it will change; forgotten after 30 days. In store. */
export interface Memo {
  recall(key: string): Promise<string | undefined>
  keep(key: string, value: string): Promise<void>
}

// ── Queues ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The poll jobs, one per target; implemented in queue. */
export interface PollQueue {
  /** Ids of all targets with a live job: active, waiting, delayed or prioritized. */
  live(): Promise<Set<string>>
  add(polls: readonly { readonly id: string; readonly inMs: number }[]): Promise<void>
  /** Makes those of them that are delayed due now. */
  hasten(ids: readonly string[]): Promise<void>
}

/** The delivery jobs, one per delivery; implemented in queue. */
export interface DeliveryQueue {
  live(notifier: string): Promise<Set<string>>
  add(
    deliveries: readonly { readonly id: string; readonly notifier: string; readonly inMs: number }[],
  ): Promise<void>
  /** Makes those of this notifier's that are delayed due now. */
  hasten(notifier: string, ids: readonly string[]): Promise<void>
  /** Removes all jobs of this notifier and whatever else is kept of them. */
  remove(notifier: string): Promise<void>
}

// ── For operators ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Counts of this process; implemented in telemetry. Nothing depends on them: no call throws, and none waits. */
export interface Meters {
  probed(account: string, note: ProbeNote): void
  /** A transition that is told; history is not counted. */
  recorded(event: BuildEvent): void
  delivered(notifier: string, result: DeliveryResult): void
}

/** What requests are worth to whoever plans them. */
export interface Prices {
  /** Seconds of waiting, over all builds, that one more request has to save. `undefined` where nothing has been learned. */
  priceOf(account: string): Promise<number | undefined>
}
