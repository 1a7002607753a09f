/** Numbers as options give them. What is no such number throws USAGE with the bounds. */
import { BuildwatchdError } from '../domain/errors.js'

interface Bounds {
  readonly least: number
  /** Without end where absent. */
  readonly most?: number
}

export function numberOf(text: string, flag: string, bounds: Bounds): number {
  const value = Number(text)
  if (text.trim() !== '' && isWithin(value, bounds)) return value
  throw outOfBounds(`${flag} takes a number ${boundsWords(bounds)}`, text)
}

export function wholeNumberOf(text: string, flag: string, bounds: Bounds): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && isWithin(value, bounds)) return value
  throw outOfBounds(`${flag} takes a whole number ${boundsWords(bounds)}`, text)
}

function isWithin(value: number, { least, most = Number.MAX_SAFE_INTEGER }: Bounds): boolean {
  return value >= least && value <= most
}

function boundsWords({ least, most }: Bounds): string {
  return most === undefined ? `from ${least}` : `from ${least} to ${most}`
}

function outOfBounds(rule: string, text: string): BuildwatchdError {
  return new BuildwatchdError('USAGE', `${rule}, not ${JSON.stringify(text)}`)
}
