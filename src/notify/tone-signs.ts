import type { Tone } from './message.js'

/** For titles and lists of services that have no signs of their own. */
export const TONE_SIGNS: Readonly<Record<Tone, string>> = {
  good: '✅',
  bad: '❌',
  warning: '⚠️',
  neutral: 'ℹ️',
}
