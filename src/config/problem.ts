/** What is wrong at one place of a file, and what would be right there. */
export interface Problem {
  /** As the reader knows the file: relative where the settings file was given relatively. */
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 units. */
  readonly column: number
  /** Such as `watches[3].notify[0].on[1]`; empty for the file as a whole. */
  readonly keyPath: string
  readonly message: string
  readonly hint?: string
}

export type Path = readonly (string | number)[]

/** `config/buildwatchd.yaml:12:7: polling.min_interval: "2 s" is no duration; write …` */
export function formatProblem({ file, line, column, keyPath, message, hint }: Problem): string {
  const place = `${file}:${line}:${column}: ${keyPath === '' ? '' : `${keyPath}: `}`
  return hint === undefined ? `${place}${message}` : `${place}${message}; ${hint}`
}

export function formatKeyPath(path: Path): string {
  return path.map(formatKey).join('')
}

function formatKey(key: string | number, index: number): string {
  if (typeof key === 'number') return `[${key}]`
  if (!/^[\w-]+$/.test(key)) return `[${JSON.stringify(key)}]`
  return index === 0 ? key : `.${key}`
}

/** Ordered by file (in the order in which they were read), then by place. */
export function inReadingOrder(problems: readonly Problem[], files: readonly string[]): Problem[] {
  const rank = new Map(files.map((file, index) => [file, index]))
  const rankOf = (problem: Problem) => rank.get(problem.file) ?? files.length
  return problems.toSorted((a, b) => rankOf(a) - rankOf(b) || a.line - b.line || a.column - b.column)
}
