/** Reads the fields of one JSON object, collecting every problem, so that a caller is told all of them at once. */
export interface JsonFields {
  text(name: string): string | undefined
  number(name: string, range?: NumberRange): number | undefined
  word<T extends string>(name: string, words: readonly T[]): T | undefined
  flag(name: string): boolean | undefined
  texts(name: string): readonly string[] | undefined
  /** `null` where JSON says null. */
  nullable<T>(name: string, read: (name: string) => T): T | null
  object<T>(name: string, read: (fields: JsonFields) => T): T | undefined
  objects<T>(name: string, read: (fields: JsonFields) => T): readonly T[] | undefined
  /** Says of a field what none of the readers above can see. */
  problem(name: string, wanted: string): void
}

interface NumberRange {
  readonly min?: number
  readonly max?: number
  readonly whole?: boolean
}

export type JsonReading<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'wrong'; readonly problems: readonly string[] }

/** Fields that nobody asked for are problems too. */
export function readJsonObject<T>(json: unknown, read: (fields: JsonFields) => T): JsonReading<T> {
  const problems: string[] = []
  const value = readObject(json, { path: '', problems }, read)
  return problems.length > 0 || value === undefined ? { kind: 'wrong', problems } : { kind: 'read', value }
}

interface Place {
  readonly path: string
  readonly problems: string[]
}

function readObject<T>(
  json: unknown,
  { path, problems }: Place,
  read: (fields: JsonFields) => T,
): T | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    problems.push(`${path || 'the body'} must be a JSON object`)
    return undefined
  }
  const values = new Map<string, unknown>(Object.entries(json))
  const asked = new Set<string>()
  const value = read(createFields(values, { asked, path, problems }))
  for (const name of values.keys()) if (!asked.has(name)) problems.push(`${nameIn(path, name)} is not known`)
  return value
}

function createFields(
  values: ReadonlyMap<string, unknown>,
  { asked, path, problems }: Place & { asked: Set<string> },
): JsonFields {
  const wrong = (name: string, wanted: string): undefined => {
    problems.push(`${nameIn(path, name)} must be ${wanted}`)
  }

  function field<T>(name: string, wanted: string, isRight: (value: unknown) => value is T): T | undefined {
    asked.add(name)
    const value = values.get(name)
    if (value === undefined) return undefined
    return isRight(value) ? value : wrong(name, wanted)
  }

  return {
    text: (name) => field(name, 'text', isText),
    flag: (name) => field(name, 'true or false', (value) => typeof value === 'boolean'),
    texts: (name) => field(name, 'a list of texts', isTexts),
    number: (name, range = {}) => field(name, describe(range), (value) => isNumberIn(value, range)),
    word: <T extends string>(name: string, words: readonly T[]) =>
      field(name, `one of ${words.join(', ')}`, (value): value is T => words.some((word) => word === value)),
    nullable(name, read) {
      asked.add(name)
      return values.get(name) === null ? null : read(name)
    },
    object(name, read) {
      asked.add(name)
      const value = values.get(name)
      return value === undefined ? undefined : readObject(value, { path: nameIn(path, name), problems }, read)
    },
    objects(name, read) {
      const items = field(name, 'a list', (value): value is unknown[] => Array.isArray(value))
      return items?.flatMap((item, at) => {
        const value = readObject(item, { path: nameIn(path, `${name}[${at}]`), problems }, read)
        return value === undefined ? [] : [value]
      })
    },
    problem: (name, wanted) => wrong(name, wanted),
  }
}

function nameIn(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every(isText)
}

function isNumberIn(value: unknown, { min, max, whole }: NumberRange): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false
  const inRange = value >= (min ?? value) && value <= (max ?? value)
  return inRange && (whole !== true || Number.isInteger(value))
}

function describe({ min, max, whole }: NumberRange): string {
  const kind = whole === true ? 'a whole number' : 'a number'
  const from = min === undefined ? '' : ` from ${min}`
  return `${kind}${from}${max === undefined ? '' : ` to ${max}`}`
}
