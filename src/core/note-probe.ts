import type { Meters, ProbeNotes } from '../domain/ports.js'
import type { ProbeNote, ProbeResult } from '../domain/probe.js'
import type { Pacing } from '../domain/target.js'
import type { ProbeAnswer } from './probe.js'

export interface ProbeMade {
  readonly target: string
  readonly account: string
  /** As it was when the probe was due. */
  readonly pacing: Pacing
  /** Epoch ms. */
  readonly at: number
  readonly requests: number
  readonly answer: ProbeAnswer
}

export interface NotingPorts {
  readonly probeNotes: Pick<ProbeNotes, 'note'>
  readonly meters: Pick<Meters, 'probed'>
}

/** Counts the probe and leaves a note of it for people; nothing depends on either. */
export async function noteProbe(
  { target, account, pacing, at, requests, answer }: ProbeMade,
  { probeNotes, meters }: NotingPorts,
): Promise<void> {
  const note: ProbeNote = { at, why: pacing.why ?? 'first', requests, saw: resultOf(answer) }
  meters.probed(account, note)
  await probeNotes.note(target, note)
}

function resultOf(answer: ProbeAnswer): ProbeResult {
  if (answer.kind === 'failed') return { kind: 'failed', code: answer.error.code }
  if (answer.kind === 'postponed') return { kind: 'postponed' }
  const active = answer.snapshots.filter(({ build }) => build.concluded !== true).length
  return { kind: 'seen', builds: answer.snapshots.length, active }
}
