/** I8: the watcher's own trouble is told apart from the builds, when there is cause, once when it begins and once when it ends. */
import { type Fault, type Finding, groupBy, type History, type Notice, type Troubling } from './history.js'

/** A trouble is noted after the probes have failed for a while, and over with the next good one. */
const NOTED_WITHIN_MS = 15_000

interface Cause extends Fault {
  readonly troubles: Troubling
}

export function checkTroubles({ notices, faults }: History): Finding[] {
  const told = notices.filter(({ kind }) => kind === 'troubled' || kind === 'recovered')
  const causes = faults.filter((fault): fault is Cause => fault.troubles !== undefined)
  const losses = faults.filter(({ kind }) => kind === 'data_lost')
  return [
    ...[...groupBy(told, ({ subject }) => subject)].flatMap(([, own]) => checkTurns(own)),
    ...told.filter((notice) => !causes.some((cause) => explains(cause, notice))).map(groundless),
    ...causes
      .filter(
        ({ troubles, from, until }) =>
          troubles.lasting && !losses.some((loss) => loss.from < until && loss.until > from),
      )
      .flatMap((cause) => checkCause(cause, told)),
  ]
}

/** At most one recovery between troubles, and none before the first. */
function checkTurns(own: readonly Notice[]): Finding[] {
  return own.flatMap((notice, at): Finding[] => {
    const before = own[at - 1]
    const repeats = own.slice(0, at).some(({ id }) => id === notice.id)
    if (repeats) return [finding(notice.id, 'duplicated', 'told twice')]
    if (notice.kind !== 'recovered') return []
    if (before?.kind === 'troubled') return []
    return [finding(notice.id, 'unexpected', 'recovered from nothing')]
  })
}

function explains({ from, until, troubles }: Cause, { subject, trouble, kind, at }: Notice): boolean {
  if (!troubles.subjects.includes(subject) || troubles.trouble !== trouble) return false
  return at >= from && (kind === 'recovered' || at <= until + NOTED_WITHIN_MS)
}

function groundless({ id }: Notice): Finding {
  return finding(id, 'unexpected', 'nothing was done to cause it')
}

/** A recovery is owed only for what is over. */
function checkCause({ troubles, from, until }: Cause, told: readonly Notice[]): Finding[] {
  return troubles.subjects.flatMap((subject) => {
    const own = told.filter(
      (notice) => notice.subject === subject && notice.trouble === troubles.trouble && notice.at >= from,
    )
    const begun = own.filter(({ kind, at }) => kind === 'troubled' && at <= until + NOTED_WITHIN_MS)
    const ended = own.filter(({ kind, at }) => kind === 'recovered' && at >= until)
    const name = `${subject}!${troubles.trouble}`
    return [
      ...counted(begun.length, name, 'troubled'),
      ...(until === Infinity ? [] : counted(Math.min(1, ended.length), name, 'recovered')),
    ]
  })
}

function counted(times: number, subject: string, word: string): Finding[] {
  if (times === 1) return []
  return [finding(subject, times === 0 ? 'lost' : 'duplicated', `${word} ${times} times for one cause`)]
}

function finding(subject: string, kind: Finding['kind'], detail: string): Finding {
  return { invariant: 'I8', kind, where: 'events', subject, detail }
}
