import { BuildwatchdError } from '../domain/errors.js'

/** One segment of a path: what is more than that would ask for something else than it says. */
export function idOf(value: string | undefined, flag: string): string {
  if (value === undefined) throw new BuildwatchdError('USAGE', `${flag} <id> is missing`)
  if (value.trim() === '')
    throw new BuildwatchdError('USAGE', `${flag} <id> is empty; write the id as in the URL at Northflank`)
  if (!/[/\p{Cc}]|^\.{1,2}$/u.test(value)) return value
  const rule = 'takes one id, as between two slashes of the URL at Northflank'
  throw new BuildwatchdError('USAGE', `${flag} ${rule}, not ${JSON.stringify(value)}`)
}
