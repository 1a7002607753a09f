import { formsPattern, HIDDEN, secretForms } from '../domain/secret-forms.js'

/** Removes known values from text that came back from the other side. */
export interface HiddenValues {
  hide(text: string): string
  /** {@link hide} for a text that was cut off: what may be the beginning of a value at its end goes too. */
  hideInBeginning(text: string): string
}

/** Hides the values and, where there is one, the path and query of the URL, which for many services are the secret. */
export function createHiddenValues(values: readonly string[], url?: URL): HiddenValues {
  const forms = [...values, ...(url ? urlSecrets(url) : [])].flatMap(secretForms)
  const pattern = formsPattern(new Set(forms))
  const hide = (text: string) => (pattern ? text.replace(pattern, HIDDEN) : text)
  return { hide, hideInBeginning: (text) => withoutBegunForm(hide(text), forms) }
}

/** Drops the end of the text where it is the beginning of a form; a character cut in its middle reads as U+FFFD. */
function withoutBegunForm(text: string, forms: readonly string[]): string {
  const whole = text.replace(/\ufffd+$/, '')
  const begun = Math.max(0, ...forms.map((form) => begunLength(whole, form)))
  return whole.slice(0, whole.length - begun)
}

function begunLength(text: string, form: string): number {
  let length = Math.min(form.length - 1, text.length)
  while (length > 0 && !text.endsWith(form.slice(0, length))) length -= 1
  return length
}

function urlSecrets(url: URL): string[] {
  const parts = [...url.pathname.split('/'), ...url.searchParams.values()]
  return [url.pathname + url.search, ...parts, ...parts.map(decoded)]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
