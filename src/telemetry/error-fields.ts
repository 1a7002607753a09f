const MAX_DEPTH = 5

/** An error as data: what it is called, its code, its message, what caused it. */
interface ErrorFields {
  readonly name: string
  readonly code?: string
  readonly status?: number
  readonly message: string
  /** An error as data too, or whatever was thrown. */
  readonly cause?: unknown
  /** Only without a code: an expected failure is explained by its message, a defect by where it happened. */
  readonly stack?: string
}

/** Replaces the errors among the fields of a log line; JSON would make empty objects of them. */
export function withErrorFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, isErrorLike(value) ? errorFields(value) : value]),
  )
}

/** By shape, for a DOMException (an aborted fetch) is no native error, and one of another realm no `Error`. */
function isErrorLike(value: unknown): value is Error {
  if (typeof value !== 'object' || value === null) return false
  return 'stack' in value && 'message' in value && typeof value.message === 'string' && 'name' in value
}

function errorFields(error: Error, depth = 1): ErrorFields {
  const code = property(error, 'code', 'string')
  const isDefect = code === undefined && depth === 1
  return {
    name: error.name,
    ...code,
    ...property(error, 'status', 'number'),
    message: error.message,
    ...causeField(error.cause, depth),
    ...(isDefect ? property(error, 'stack', 'string') : undefined),
  }
}

function property(error: Error, key: string, type: 'string' | 'number'): object | undefined {
  const value: unknown = Reflect.get(error, key)
  return typeof value === type ? { [key]: value } : undefined
}

function causeField(cause: unknown, depth: number): { cause?: unknown } {
  if (cause === undefined || depth === MAX_DEPTH) return {}
  return { cause: isErrorLike(cause) ? errorFields(cause, depth + 1) : cause }
}
