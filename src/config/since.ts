/** A date, which begins at midnight, or an instant; without an offset in UTC. */
export const SINCE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?)?$/

/** ISO 8601 to epoch ms; `undefined` for what is none, and for days and times that there are not. */
export function parseSince(text: string): number | undefined {
  if (!SINCE.test(text)) return undefined
  const isDate = !text.includes('T')
  const hasOffset = /(?:Z|[+-]\d\d:\d\d)$/.test(text)
  const at = Date.parse(isDate || hasOffset ? text : `${text}Z`)
  return Number.isNaN(at) || !isDay(text.slice(0, 10)) ? undefined : at
}

/** The runtime takes the 30th of February for the 1st or 2nd of March. */
function isDay(date: string): boolean {
  const at = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}
