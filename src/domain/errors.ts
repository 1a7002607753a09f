/** The one catalogue of public error codes. docs/errors.md lists exactly these; a test holds the two equal. */
export const ERRORS = {
  API_UNREACHABLE:
    'The Northflank API could not be reached: name resolution, connection, TLS, a connection cut mid-answer or a 5xx answer.',
  API_TIMED_OUT: 'The Northflank API did not answer completely within the deadline of one request.',
  API_THROTTLED: 'The account has no requests left in this hour (HTTP 429).',
  API_UNAUTHORIZED: 'The API does not accept the token (HTTP 401).',
  API_FORBIDDEN: 'The token lacks the permission for this read (HTTP 403).',
  API_NOT_FOUND: 'The API knows no such project, job, service or build (HTTP 404).',
  API_WRONG_ROUTE:
    'The base URL does not lead to the Northflank API: even its fixed paths are unknown there.',
  API_BAD_RESPONSE:
    'The API answered with something that is no build: not JSON, too large, redirected, or without an id.',
  CONFIG_INVALID: 'A settings or watchlist file cannot be used as it is.',
  REDIS_UNREACHABLE: 'Redis could not be reached.',
  REDIS_UNSUITABLE: 'The Redis server is too old or would evict keys.',
  REDIS_REFUSED: 'Redis refused a command: a missing right, a key of a foreign type, or no memory.',
  DATA_DIR_LOCKED: 'Another daemon works in this data directory.',
  DATA_DIR_UNUSABLE: 'The data directory, or a file in it, cannot be created, read or written.',
  EMBEDDED_FAILED: 'The embedded Valkey cannot start, or it ended unexpectedly.',
  EMBEDDED_PORT_TAKEN: 'The port of the embedded Valkey is in use.',
  PORT_TAKEN: 'A port on which to listen is in use or not allowed.',
  SECRET_UNREADABLE: 'A secret that the settings refer to cannot be read.',
  NOT_RECORDED: 'Redis holds nothing of that build, job or service.',
  WATCH_TIMED_OUT: 'The build had not ended when the time of watch was up.',
  USAGE: 'The command line is not understood.',
  INTERNAL: 'A defect in buildwatchd.',
} as const

export type ErrorCode = keyof typeof ERRORS
export type ApiErrorCode = Extract<ErrorCode, `API_${string}`>

/** An error that people may see: a public code, what happened, and whether trying again can help. */
export class BuildwatchdError extends Error {
  override readonly name: string = 'BuildwatchdError'
  readonly code: ErrorCode
  readonly retryable: boolean

  constructor(code: ErrorCode, message: string, options: { retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.retryable = options.retryable ?? false
  }
}

export interface ApiErrorOptions {
  readonly retryable: boolean
  readonly cause?: unknown
  /** HTTP status of the answer, where there was one. */
  readonly status?: number
  /** Milliseconds until the account may ask again; on API_THROTTLED. */
  readonly resetInMs?: number
  /** The missing right, as Northflank's roles name it; on API_FORBIDDEN. */
  readonly permission?: string
}

/** A request to the Northflank API that gave no build. */
export class ApiError extends BuildwatchdError {
  override readonly name = 'ApiError'
  declare readonly code: ApiErrorCode
  readonly status: number | undefined
  readonly resetInMs: number | undefined
  readonly permission: string | undefined

  constructor(code: ApiErrorCode, message: string, options: ApiErrorOptions) {
    super(code, message, options)
    this.status = options.status
    this.resetInMs = options.resetInMs
    this.permission = options.permission
  }
}
