import type { ProbeNotes } from '../domain/ports.js'
import type { ProbeResult } from '../domain/probe.js'
import type { Pacing } from '../domain/target.js'
import type { ProbeAnswer } from './probe.js'

export interface ProbeMade {
  readonly target: string
  /** As it was when the probe was due. */
  readonly pacing: Pacing
  /** Epoch ms. */
  readonly at: number
  readonly requests: number
  readonly answer: ProbeAnswer
}

/** Leaves a note of the probe for people; nothing depends on it. */
export async function noteProbe(
  { target, pacing, at, requests, answer }: ProbeMade,
  { probeNotes }: { readonly probeNotes: Pick<ProbeNotes, 'note'> },
): Promise<void> {
  await probeNotes.note(target, { at, why: pacing.why ?? 'first', requests, saw: resultOf(answer) })
}

function resultOf(answer: ProbeAnswer): ProbeResult {
  if (answer.kind === 'failed') return { kind: 'failed', code: answer.error.code }
  if (answer.kind === 'postponed') return { kind: 'postponed' }
  const active = answer.snapshots.filter(({ build }) => build.concluded !== true).length
  return { kind: 'seen', builds: answer.snapshots.length, active }
}
