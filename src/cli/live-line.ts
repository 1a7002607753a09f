/**
 * A build that is being watched as one line of a terminal: who, what now and for how long, and where its job's past says
 * something, how far along it is. What does not fit is left out whole, the least telling first: the bar, then what is
 * expected, then the job's name; trouble and the end are never left out for a name. Only then is something cut.
 */
import { parseBuildKey } from '../domain/build.js'
import { durationWords } from '../domain/duration-words.js'
import type { Outcome } from '../domain/outcome.js'
import { OUTCOME_WORDS } from '../domain/outcome-words.js'
import { safeText } from '../domain/safe-text.js'
import { clock, leftWords, progressBar, shortClock } from './live-words.js'
import { cutEnd, cutStart, textWidth } from './text-width.js'

export interface LiveBuild {
  readonly key: string
  /** The service's word; `undefined` before the build has been seen, or where it shows none. */
  readonly status: string | undefined
  /** Since its creation, ms; `undefined` where that is not known. */
  readonly elapsedMs: number | undefined
  /** How long it has been in this status, or been waited for, ms. */
  readonly statusForMs: number
  /** What its job's past builds say; absent where there are too few. */
  readonly usual?: {
    readonly medianMs: number
    readonly p90Ms: number
    /** Expected share done, 0 to 1. */
    readonly progress: number
    /** `undefined` where nothing can be said. */
    readonly leftMs: number | undefined
  }
  /** Why it cannot be seen just now, in words: `not seen for 20 s (API_UNREACHABLE)`. */
  readonly trouble?: string
  /** Once it has concluded. */
  readonly outcome?: Outcome
  /** From creation to end, ms. */
  readonly tookMs?: number
}

export interface LineLook {
  /** Cells of the terminal. The last one stays free: what terminals do after a character in it differs. */
  readonly columns: number
  readonly colour: boolean
  /** Else ASCII alone is written. */
  readonly unicode: boolean
}

/** What a line says, before it is fitted. */
interface Parts {
  /** From the longest to the shortest form. */
  readonly names: readonly [string, string]
  readonly state: string
  readonly bar: string
  readonly note: string
  /** Which of the shorter forms keep the note. */
  readonly keepsNote: boolean
}

interface Widths {
  readonly name: number
  readonly state: number
}

/** The line of one build, without a line break. */
export function liveLine(build: LiveBuild, look: LineLook): string {
  return liveLines([build], look)[0] ?? ''
}

/** A line for each build, in their order, in columns below each other. */
export function liveLines(builds: readonly LiveBuild[], look: LineLook): string[] {
  const names = namesOf(builds, look)
  const parts = builds.map((build, at) => partsOf(build, names[at] ?? [build.key, build.key], look))
  const widths = {
    name: widest(parts.map(({ names: [name] }) => name)),
    state: widest(parts.filter(({ bar, note }) => bar !== '' || note !== '').map(({ state }) => state)),
  }
  return parts.map((each, at) => {
    const [name, rest] = fitted(each, widths, look)
    return `${name}${GAP}${look.colour ? painted(rest, builds[at]?.outcome) : rest}`
  })
}

const GAP = '  '
/** Of a name that is cut, below which cutting what stands after it says more. */
const LEAST_NAME = 6
/** `about 59 min left`: the bar must not come and go with the length of what is expected. */
const NOTE_ROOM = 17
const WIDEST_STATUS = 30
/** Far more than any terminal shows; the rest need not be measured. */
const LONGEST = 1000

function partsOf(build: LiveBuild, names: Parts['names'], look: LineLook): Parts {
  const { outcome, tookMs, trouble, usual } = build
  if (outcome !== undefined) {
    const took = tookMs === undefined ? '' : ` after ${durationWords(tookMs)}`
    return { names, state: `${OUTCOME_WORDS[outcome]}${took}`, bar: '', note: '', keepsNote: false }
  }
  const state = stateOf(build, look)
  if (trouble !== undefined) return { names, state, bar: '', note: clean(trouble, look), keepsNote: true }
  if (usual === undefined) return { names, state, bar: '', note: '', keepsNote: false }
  return { names, state, ...expectation(build.elapsedMs, usual, look), keepsNote: false }
}

function stateOf({ status, elapsedMs, statusForMs }: LiveBuild, look: LineLook): string {
  if (status === undefined && elapsedMs === undefined) return `waiting to appear ${clock(statusForMs)}`
  const word = status === undefined ? 'no status' : cutEnd(clean(status, look), WIDEST_STATUS, ellipsis(look))
  return elapsedMs === undefined ? `${word} for ${clock(statusForMs)}` : `${word} ${clock(elapsedMs)}`
}

function expectation(
  elapsedMs: number | undefined,
  { p90Ms, progress, leftMs }: NonNullable<LiveBuild['usual']>,
  look: LineLook,
): Pick<Parts, 'bar' | 'note'> {
  if (elapsedMs !== undefined && elapsedMs > p90Ms) {
    return { bar: '', note: `longer than usual (p90 ${shortClock(p90Ms)})` }
  }
  return { bar: progressBar(progress, look.unicode), note: leftMs === undefined ? '' : leftWords(leftMs) }
}

/** `nightly/quick-fox-1` and `quick-fox-1`; the whole key where two builds would have the same name. */
function namesOf(builds: readonly LiveBuild[], look: LineLook): [string, string][] {
  const forms = builds.map(({ key }): [string, string, string] => {
    const ref = parseBuildKey(key)
    const segments = key.split('/')
    return ref ? [key, segments.slice(-2).join('/'), segments.slice(-1).join('')] : [key, key, key]
  })
  const [long, short] = [1, 2].map((form) => new Set(forms.map((each) => each[form])).size === forms.length)
  return forms.map(([key, name, id]) => {
    const first = clean(long === true ? name : key, look)
    return [first, short === true ? clean(id, look) : first]
  })
}

/** The name, and what stands after it. */
function fitted(
  { names, state, bar, note, keepsNote }: Parts,
  widths: Widths,
  look: LineLook,
): [string, string] {
  const room = Math.max(1, look.columns - 1)
  const [long, short] = names
  const padded = long + ' '.repeat(widths.name - textWidth(long))
  const wide = note === '' && bar === '' ? state : state + ' '.repeat(widths.state - textWidth(state))
  const noted = joined(state, note)
  const forms: readonly (readonly [string, string, number?])[] = [
    [padded, joined(wide, bar, note), bar === '' ? 0 : NOTE_ROOM - textWidth(note)],
    [padded, joined(wide, note)],
    [padded, noted],
    [long, noted],
    ...(keepsNote
      ? ([
          [short, noted],
          [short, note],
        ] as const)
      : ([
          [long, state],
          [short, state],
        ] as const)),
  ]
  const fits = forms.find(
    ([name, rest, spare = 0]) => textWidth(name) + GAP.length + textWidth(rest) + Math.max(0, spare) <= room,
  )
  return fits ? [fits[0], fits[1]] : cut(short, keepsNote ? note : state, { room, mark: ellipsis(look) })
}

function cut(name: string, rest: string, { room, mark }: { room: number; mark: string }): [string, string] {
  const nameRoom = Math.max(LEAST_NAME, room - GAP.length - textWidth(rest))
  const shownName = cutStart(name, Math.min(nameRoom, Math.max(1, room - GAP.length - 1)), mark)
  return [shownName, cutEnd(rest, Math.max(1, room - GAP.length - textWidth(shownName)), mark)]
}

const [GREEN, RED, YELLOW, RESET] = ['\u001b[32m', '\u001b[31m', '\u001b[33m', '\u001b[0m']

function painted(text: string, outcome: Outcome | undefined): string {
  if (outcome === undefined) return text
  const colour = outcome === 'success' ? GREEN : outcome === 'aborted' || outcome === 'unknown' ? YELLOW : RED
  return `${colour}${text}${RESET}`
}

function ellipsis({ unicode }: LineLook): string {
  return unicode ? '…' : '..'
}

/** Where the terminal may take bytes for characters, half of a letter can be an escape. */
function clean(text: string, { unicode }: LineLook): string {
  const safe = safeText(text.slice(0, LONGEST))
  return unicode
    ? safe
    : safe.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part.trim() !== '').join(GAP)
}

function widest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(textWidth))
}
