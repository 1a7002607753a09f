import { durationWords, minuteWords } from '../domain/duration-words.js'
import { RECOVERED, type TroubleData, type TroubleEvent } from '../domain/event.js'
import { safeExcerpt } from '../domain/safe-text.js'

const LONGEST_DETAIL = 300

/** `cannot be seen: forbidden since 2026-03-04 09:12Z (API_FORBIDDEN: …)`, `can be seen again after 2 h (was forbidden)`. */
export function troubleWords({ type, data }: TroubleEvent): string {
  if (type === RECOVERED) return recoveredWords(data)
  return `${beginningWords(data)} since ${minuteWords(data.since)}${reasonWords(data)}`
}

function recoveredWords({ scope, trouble, lastedMs }: TroubleData): string {
  const again = scope === 'account' ? 'can see its builds again' : 'can be seen again'
  const after = lastedMs === undefined ? '' : ` after ${durationWords(lastedMs)}`
  return `${again}${after} (was ${trouble})`
}

function beginningWords({ scope, trouble }: TroubleData): string {
  if (trouble === 'abandoned') return 'is given up until the next reload: not seen'
  return `${scope === 'account' ? 'cannot see its builds' : 'cannot be seen'}: ${trouble}`
}

function reasonWords({ code, detail }: TroubleData): string {
  const said = [code, detail && safeExcerpt(detail, LONGEST_DETAIL)].filter(Boolean)
  return said.length === 0 ? '' : ` (${said.join(': ')})`
}
