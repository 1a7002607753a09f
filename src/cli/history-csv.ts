/**
 * The builds of `history` as CSV (RFC 4180), which `plan --history` reads too. A spreadsheet takes a cell that begins with one
 * of `=+-@` (of full width, too) for a formula, and branches are named by whoever pushes: so foreign texts that do get an apostrophe before them.
 */
import type { JobHistory } from '../app/job-history.js'
import { safeText } from '../domain/safe-text.js'

const NAMES = 'job,started_at_epoch_s,duration_s,build,branch,pull_request,sha,outcome,verdict'

export function historyCsv({ job, builds }: JobHistory): string {
  const rows = builds.map(({ build, createdAt, durationMs, served, outcome, verdict, superseded }) => [
    // A key of ours, encoded: nothing in it is a formula, and it is read back.
    quoted(job),
    String(createdAt / 1000),
    String(durationMs / 1000),
    ...[build, served?.branch, requestOf(served?.pullRequestId), served?.sha].map(foreign),
    outcome ?? '',
    superseded ? 'superseded' : (verdict ?? ''),
  ])
  return [NAMES, ...rows.map((cells) => cells.join(','))].map((line) => `${line}\r\n`).join('')
}

function requestOf(id: number | string | null | undefined): string {
  return id ? String(id) : ''
}

function foreign(text = ''): string {
  const safe = safeText(text)
  return quoted(/^\s*[=+\-@＝＋－＠]/.test(safe) ? `'${safe}` : safe)
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text
}
