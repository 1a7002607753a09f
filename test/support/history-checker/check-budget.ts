/** I7: planned probes stay within limit − reserve, nothing goes past the limit, and after a 429 nothing before its reset. */
import type { Exchange, Finding, History, RequestWindow, Span } from './history.js'

/** So long it takes until every replica has heard of a 429. */
const HEARD_MS = 100

export function checkBudget({ windows, exchanges, faults }: History): Finding[] {
  // Whoever has lost the account's record begins by asking.
  const losses = faults.filter(({ kind }) => kind === 'data_lost')
  const isSure = (span: Span): boolean =>
    !losses.some(({ from, until, lostSince = from }) => lostSince <= span.until && until >= span.from)
  return windows
    .filter(({ startedAt, resetsAt }) => isSure({ from: startedAt, until: resetsAt }))
    .flatMap((window) => {
      const own = exchanges.filter((each) => each.account === window.account && isIn(window, each))
      return [...checkLimit(window, own), ...checkAfterRefusal(window, own)]
    })
}

function isIn({ startedAt, resetsAt }: RequestWindow, exchange: Exchange): boolean {
  return exchange.startedAt >= startedAt && exchange.startedAt < resetsAt
}

/** Each failed request may have been tried once more out of the reserve. */
function checkLimit(
  { account, requests, limit, reserve }: RequestWindow,
  own: readonly Exchange[],
): Finding[] {
  if (requests > limit) return [finding(account, `${requests} requests in a window of ${limit}`)]
  const fromReserve = own.filter(({ good, aside }) => !good || aside).length
  const planned = requests - fromReserve
  if (planned <= limit - reserve) return []
  return [finding(account, `${planned} planned requests, ${limit} less a reserve of ${reserve} to spend`)]
}

function checkAfterRefusal({ account }: RequestWindow, own: readonly Exchange[]): Finding[] {
  const refused = own.find(({ status }) => status === 429)
  const early = refused && own.find(({ startedAt }) => startedAt > refused.endedAt + HEARD_MS)
  return early
    ? [finding(account, `asked ${early.startedAt - refused.endedAt} ms after a 429, before its reset`)]
    : []
}

function finding(subject: string, detail: string): Finding {
  return { invariant: 'I7', kind: 'unexpected', where: 'requests', subject, detail }
}
