/** Answers that stand in place of the true one: errors of the service, and what proxies and captive portals bring. */
import {
  type Answer,
  BAD_TOKEN,
  jsonAnswer,
  lacking,
  NO_ROUTE,
  OVER_LIMIT,
  refusal,
  textAnswer,
} from './answer.js'
import type { FaultAt, FaultParameters } from './fault-rule.js'
import { PERMISSIONS } from './tokens.js'

const PAGE =
  '<!DOCTYPE html><html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>'

const FAULTY: Readonly<Record<FaultAt<'answer'>, (parameters: FaultParameters) => Answer>> = {
  throttled: ({ retryAfter }) => withRetryAfter(refusal(OVER_LIMIT), retryAfter),
  unauthorized: () => refusal(BAD_TOKEN),
  forbidden: () => refusal(lacking(PERMISSIONS.readJobBuild)),
  not_found: () => refusal({ status: 404, message: 'Build not found.' }),
  wrong_route: () => refusal(NO_ROUTE),
  server_error: ({ status = 503, retryAfter }) =>
    withRetryAfter(refusal({ status, message: 'Something went wrong.' }), retryAfter),
  html: ({ status = 502 }) => textAnswer(status, 'text/html', PAGE),
  redirect: ({ status = 302, location = 'http://login.simulator.invalid/' }) => ({
    ...textAnswer(status, 'text/plain', 'Found'),
    headers: { location },
  }),
  empty: () => ({ status: 200, headers: {}, body: '', builds: [] }),
  no_content: () => ({ status: 204, headers: {}, body: '', builds: [] }),
  junk_json: () => ({ ...jsonAnswer({}), body: '{"data":{"id":"half-a-bu' }),
}

export function faultyAnswer(kind: FaultAt<'answer'>, parameters: FaultParameters): Answer {
  return FAULTY[kind](parameters)
}

function withRetryAfter(answer: Answer, retryAfter: string | undefined): Answer {
  if (retryAfter === undefined) return answer
  return { ...answer, headers: { ...answer.headers, 'retry-after': retryAfter } }
}
