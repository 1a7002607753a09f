/** Errors as Northflank words them. */
export function errorBody(status: number, message: string): string {
  return JSON.stringify({ error: { status, message } })
}

export const MESSAGES: Readonly<Record<number, string>> = {
  401: 'Unauthorized: the API token is missing or invalid',
  403: 'Forbidden: the API token lacks the permission for this resource',
  404: 'Not found',
  429: 'Too many requests',
  500: 'Internal server error',
  502: 'Bad gateway',
  503: 'Service unavailable',
}
