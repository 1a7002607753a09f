import type { Finding, History, TransitionLine } from './history.js'
import { recordedLines } from './recorded-lines.js'

/** I6: the build hash equals the build's last transition. */
export function checkHashes(history: History): Finding[] {
  return [...recordedLines(history)].flatMap(([build, lines]): Finding[] => {
    const last = lines.at(-1)
    const hash = history.hashes.get(build)
    if (!last) return []
    const finding = (kind: Finding['kind'], detail: string): Finding[] => [
      { invariant: 'I6', kind, where: 'hashes', subject: build, detail },
    ]
    if (!hash) return finding('lost', 'no hash')
    const differing = Object.entries(fieldsOf(last)).find(([field, value]) => hash[field] !== value)
    if (!differing) return []
    const [field, value] = differing
    return finding('mismatch', `${field} is ${hash[field]}, the last transition says ${value}`)
  })
}

function fieldsOf({ id, seq, to, concluded, outcome }: TransitionLine): Record<string, string | undefined> {
  return { id, seq: String(seq), status: to ?? undefined, concluded: String(concluded), outcome }
}
