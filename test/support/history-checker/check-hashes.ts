import type { BuildTruth, Finding, History, TransitionLine } from './history.js'
import { recordedLines } from './recorded-lines.js'

/** I6: the build hash equals the build's last transition, verdict and all; one without any is history, as it was. */
export function checkHashes(history: History): Finding[] {
  const recorded = recordedLines(history)
  const logged = new Map(history.events.map((line) => [line.id, line]))
  return [
    ...[...recorded].flatMap(([build, lines]): Finding[] => {
      const last = lines.at(-1)
      const hash = history.hashes.get(build)
      if (!last) return []
      if (!hash) return [finding(build, 'lost', 'no hash')]
      // What the log has lost is found there.
      const verdict = (logged.get(last.id) ?? hash)['verdict']
      const fields = { ...fieldsOf(last), verdict, history: undefined }
      return checkFields(build, hash, { fields, says: 'the last transition' })
    }),
    ...history.builds
      .filter(({ key }) => !recorded.has(key))
      .flatMap((build) => checkUntold(build, history.hashes.get(build.key))),
  ]
}

type Hash = Readonly<Record<string, string>>

function checkUntold({ key, outcome }: BuildTruth, hash: Hash | undefined): Finding[] {
  if (hash === undefined || (hash['seq'] === '0' && hash['concluded'] !== 'true')) return []
  const fields = { history: 'true', concluded: 'true', outcome }
  return checkFields(key, hash, { fields, says: 'the truth of what was told to nobody' })
}

function checkFields(
  build: string,
  hash: Hash,
  { fields, says }: { fields: Readonly<Record<string, string | undefined>>; says: string },
): Finding[] {
  const differing = Object.entries(fields).find(([field, value]) => hash[field] !== value)
  if (!differing) return []
  const [field, value] = differing
  return [finding(build, 'mismatch', `${field} is ${hash[field]}, ${says} says ${value}`)]
}

function finding(subject: string, kind: Finding['kind'], detail: string): Finding {
  return { invariant: 'I6', kind, where: 'hashes', subject, detail }
}

function fieldsOf({ id, seq, to, concluded, outcome }: TransitionLine): Record<string, string | undefined> {
  return { id, seq: String(seq), status: to ?? undefined, concluded: String(concluded), outcome }
}
