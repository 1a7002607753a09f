/**
 * Cron expressions of five fields, read strictly. What runs them takes more than is understood alike everywhere (seconds,
 * nicknames, `L`, `W`, `#`) and turns what it does not understand into something else (`janfeb` into December). What passes
 * here means there what it says.
 */

export type ReadCron =
  /** In small letters, with one blank between two fields. */
  | { readonly ok: true; readonly cron: string }
  /** "what is wrong; what would be right", with `{}` for the expression as it was written. */
  | { readonly ok: false; readonly refusal: string }

interface Field {
  readonly name: string
  readonly least: number
  readonly most: number
  /** Stand for `least` and the numbers after it. */
  readonly words: readonly string[]
}

const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')
const WEEKDAYS = 'sun mon tue wed thu fri sat'.split(' ')

const FIELDS: readonly Field[] = [
  { name: 'minute', least: 0, most: 59, words: [] },
  { name: 'hour', least: 0, most: 23, words: [] },
  { name: 'day of the month', least: 1, most: 31, words: [] },
  { name: 'month', least: 1, most: 12, words: MONTHS },
  // 0 and 7 are both Sunday.
  { name: 'day of the week', least: 0, most: 7, words: WEEKDAYS },
]

export const NOT_FIVE_FIELDS =
  '{} has not five fields; write minute, hour, day of the month, month and day of the week, such as "* 8-18 * * 1-5"'

const FIVE_FIELDS = /^\s*\S+(?:\s+\S+){4}\s*$/

/** For the form in schemas; {@link readCron} reads what is in the fields. */
export const CRON_FORM = { pattern: FIVE_FIELDS, maxLength: 200 } as const

/** What has the form. */
export function readCron(text: string): ReadCron {
  const fields = text.trim().toLowerCase().split(/\s+/)
  if (fields.length !== FIELDS.length) return { ok: false, refusal: NOT_FIVE_FIELDS }
  const days: number[][] = []
  for (const [index, field] of FIELDS.entries()) {
    const read = readField(fields[index] ?? '', field)
    if (typeof read === 'string') return { ok: false, refusal: read }
    days.push(read)
  }
  const [, , daysOfMonth = [], months = []] = days
  if (!anyDay(daysOfMonth, months)) return { ok: false, refusal: NEVER }
  return { ok: true, cron: fields.join(' ') }
}

const NEVER = '{} never comes: no month that it names has such a day; write a day that there is'

/** Of the months from January on, in a leap year. */
const LONGEST = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function anyDay(days: readonly number[], months: readonly number[]): boolean {
  return months.some((month) => days.some((day) => day <= (LONGEST[month - 1] ?? 0)))
}

/** The numbers that it stands for, or the refusal. */
function readField(text: string, field: Field): number[] | string {
  const numbers: number[] = []
  for (const item of text.split(',')) {
    const read = readItem(item, field)
    if (typeof read === 'string') return read
    numbers.push(...read)
  }
  return numbers
}

const ITEM = /^(?:(\*)|([a-z0-9]{1,3})(?:-([a-z0-9]{1,3}))?)(?:\/(\d{1,3}))?$/

function readItem(item: string, field: Field): number[] | string {
  const match = ITEM.exec(item)
  if (!match) return notUnderstood(field)
  const [, star, from = '', to, step] = match
  const range = star === undefined ? rangeOf(from, to ?? from, field) : [field.least, field.most]
  if (typeof range === 'string') return range
  return (
    stepRefusal({ step, isRange: star !== undefined || to !== undefined }, field) ??
    numbersOf(range, Number(step ?? 1), field)
  )
}

function rangeOf(from: string, to: string, field: Field): number[] | string {
  const range = [from, to].map((text) => numberOf(text, field))
  const numbers = range.filter((number) => number !== undefined)
  if (numbers.length < range.length) return notUnderstood(field)
  return numbers.every((number) => number >= field.least && number <= field.most)
    ? numbers
    : `the ${field.name} in {} is out of range; write ${rangeWords(field)}`
}

function numberOf(text: string, { least, words }: Field): number | undefined {
  if (/^\d+$/.test(text)) return Number(text)
  const index = words.indexOf(text)
  return index === -1 ? undefined : least + index
}

function stepRefusal(
  { step, isRange }: { readonly step: string | undefined; readonly isRange: boolean },
  { name, most }: Field,
): string | undefined {
  if (step === undefined) return undefined
  if (Number(step) < 1 || Number(step) > most)
    return `the ${name} in {} has a step out of range; write 1 to ${most} after the slash`
  return isRange
    ? undefined
    : `the ${name} in {} has a step without a range; write one before the slash, or *`
}

/** A range may run over the end: `22-6` are the hours of the night. */
function numbersOf([first = 0, last = 0]: readonly number[], step: number, { least, most }: Field): number[] {
  const size = most - least + 1
  const span = last >= first ? last - first : last - first + size
  const numbers: number[] = []
  for (let offset = 0; offset <= span; offset += step) numbers.push(least + ((first - least + offset) % size))
  return numbers
}

function notUnderstood(field: Field): string {
  return `the ${field.name} in {} is not understood; write ${rangeWords(field)}, a range such as ${exampleRange(field)}, a step such as */5, a list of these, or *`
}

function rangeWords({ least, most, words }: Field): string {
  const numbers = `${least} to ${most}`
  return words.length === 0 ? numbers : `${numbers} or ${words[0]} to ${words.at(-1)}`
}

function exampleRange({ least, words }: Field): string {
  return words.length === 0 ? `${least}-${least + 9}` : `${words[1]}-${words[5]}`
}
