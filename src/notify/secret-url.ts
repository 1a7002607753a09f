/** For services whose URL is itself the secret: whoever knows it may post. */
import { BuildwatchdError } from '../domain/errors.js'
import type { OutgoingDelivery, Secret, SendContext } from '../domain/ports.js'
import { type HttpOptions, policyOf, urlProblem } from './http-options.js'
import type { HttpResult, HttpSender } from './http-sender.js'
import type { NotifierSettings } from './notifier-kind.js'
import { type StatusTable, standardTable } from './status-table.js'

interface Adjustments {
  readonly statusTable?: StatusTable
  /** May add to the query. */
  readonly adjust?: (url: URL) => void
}

/** Posts the frozen JSON body to the URL in the secret `webhook_url`, which is read anew at each attempt. */
export function postToSecretUrl(
  { name, options, secrets }: NotifierSettings<HttpOptions>,
  http: HttpSender,
  { statusTable = standardTable, adjust }: Adjustments = {},
) {
  return async ({ body, idempotencyKey }: OutgoingDelivery, { signal }: SendContext): Promise<HttpResult> => {
    const secret = await reveal(name, options, secrets.webhook_url)
    const url = new URL(secret)
    adjust?.(url)
    const headers = { 'content-type': 'application/json; charset=utf-8' }
    return http.send(
      { url: url.href, method: 'POST', headers, body, idempotencyKey },
      { ...policyOf(options), statusTable, signal, secrets: [secret] },
    )
  }
}

/** What is wrong is said without the URL; of its host at most. */
async function reveal(name: string, options: HttpOptions, secret: Secret | undefined): Promise<string> {
  const value = (await secret?.reveal())?.trim() ?? ''
  const problem = urlProblem(value, policyOf(options))
  if (problem === undefined) return value
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.webhook_url: ${problem}; copy the whole webhook URL from the service`,
  )
}
