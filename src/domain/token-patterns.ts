/**
 * What looks like a secret in a text that nobody knows the secrets of, such as the log of a build. It goes by form alone, so
 * that it hides too much sometimes, and cannot hide what looks like a word.
 */
import { HIDDEN } from './secret-forms.js'

/** Forms that their makers have documented: GitHub, GitLab, npm, Slack, AWS, Google, Stripe and others; JWTs; signing secrets. */
const TOKENS = [
  'gh[pousr]_[A-Za-z0-9]{20,}',
  'github_pat_\\w{20,}',
  'gl[a-z]{1,6}-[\\w-]{20,}',
  'npm_[A-Za-z0-9]{20,}',
  'nf-?[a-z]{0,8}-[\\w-]{20,}',
  'xox[a-z]-[\\w-]{10,}',
  '(?:AKIA|ASIA)[A-Z0-9]{16}',
  'AIza[\\w-]{30,}',
  '[sr]k[-_](?:live[-_]|test[-_]|proj-|ant-)?[\\w-]{20,}',
  'whsec_[A-Za-z0-9+/=]{20,}',
  // Also without what has to follow: if it had to, a row of beginnings would be read to its end from each of them.
  'eyJ[\\w-]{8,}(?:\\.[\\w-]*){0,2}',
  'hooks\\.slack\\.com/services/[\\w/]+',
]
const TOKEN = new RegExp(`(?<![A-Za-z0-9])(?:${TOKENS.join('|')})`, 'g')
const KEY_BLOCK = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----.*/g
/** `scheme://user:password@host`: what stands between. */
const URL_PASSWORD = /(:\/\/[^\s:/@]{0,100}:)[^\s/@]{1,500}(?=@)/g
const BEARER = /\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi
/** `PASSWORD=x`, `"api_key": "x"`, `--token x`. */
const NAMED =
  /((?:password|passwd|pwd|secret|token|api[-_]?key|private[-_]?key|access[-_]?key|credentials?)["']?(?:\s*[:=]\s*|\s+(?=["'\w]*\d))["']?)(?!\s)[^\s"',;]{4,}/gi

/** The text with all that looks like a token, a private key or a password hidden. In time linear to its length. */
export function hideTokens(text: string): string {
  return text
    .replace(KEY_BLOCK, HIDDEN)
    .replace(URL_PASSWORD, `$1${HIDDEN}`)
    .replace(BEARER, `$1 ${HIDDEN}`)
    .replace(TOKEN, HIDDEN)
    .replace(NAMED, `$1${HIDDEN}`)
}
