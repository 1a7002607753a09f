/** I4 and I5: one key and one body for all attempts of a delivery; taken once, but for what a fault struck in hand. */
import { createHash } from 'node:crypto'
import { deliveryId } from './expected-deliveries.js'
import { type Attempt, type Fault, type Finding, faultsAround, groupBy, type History } from './history.js'

export function checkAttempts({ attempts, faults }: History): Finding[] {
  const deliveries = groupBy(attempts, ({ eventId, notifier }) => deliveryId(eventId, notifier))
  return [...deliveries].flatMap(([id, made]) => [
    ...checkKeys(id, made),
    ...checkBodies(id, made, faults),
    ...checkRepeats(id, made, faults),
  ])
}

/** The key is a function of event and notifier: right keys are equal across attempts and differ between deliveries. */
function checkKeys(id: string, made: readonly Attempt[]): Finding[] {
  const wrong = made.find(
    ({ key, eventId, notifier }) => key !== undefined && key !== keyOf(eventId, notifier),
  )
  if (!wrong) return []
  return [
    {
      invariant: 'I4',
      kind: 'mismatch',
      where: 'attempts',
      subject: id,
      detail: `came with key ${wrong.key}`,
    },
  ]
}

function keyOf(eventId: string, notifier: string): string {
  return createHash('sha256')
    .update(JSON.stringify(['v1', eventId, notifier]))
    .digest('base64url')
}

/** What was in hand when data was lost may have been made before or after it. */
const UNSURE_MS = 300

/** A record that was lost and made again may differ in `seq` and instants. */
function checkBodies(id: string, made: readonly Attempt[], faults: readonly Fault[]): Finding[] {
  const losses = faults.filter(({ kind }) => kind === 'data_lost')
  const isUnsure = ({ startedAt }: Attempt): boolean =>
    losses.some(({ from, until }) => startedAt >= from && startedAt <= until + UNSURE_MS)
  const sure = made.filter((attempt) => !isUnsure(attempt))
  const epochs = groupBy(sure, ({ startedAt }) =>
    String(losses.filter(({ from }) => from < startedAt).length),
  )
  const mixed = [...epochs.values()].find((attempts) => new Set(attempts.map(({ body }) => body)).size > 1)
  if (!mixed) return []
  return [
    { invariant: 'I4', kind: 'mismatch', where: 'attempts', subject: id, detail: 'came with several bodies' },
  ]
}

/** An attempt after one that was taken needs a fault of its own in between. */
function checkRepeats(id: string, made: readonly Attempt[], faults: readonly Fault[]): Finding[] {
  const free = new Set(faults)
  let taken: Attempt | undefined
  for (const attempt of made) {
    if (taken) {
      const around = faultsAround({ from: taken.startedAt, until: taken.startedAt }, [...free])
      const blamed = around.find(({ from }) => from <= attempt.startedAt)
      if (!blamed) return [repeat(id, attempt)]
      free.delete(blamed)
    }
    if (attempt.accepted) taken = attempt
  }
  return []
}

function repeat(id: string, { accepted }: Attempt): Finding {
  return {
    invariant: 'I5',
    kind: accepted ? 'duplicated' : 'reordered',
    where: 'attempts',
    subject: id,
    detail: accepted ? 'taken again without a fault in between' : 'tried again after it had been taken',
  }
}
