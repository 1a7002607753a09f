import { formsPattern, HIDDEN, secretForms } from '../domain/secret-forms.js'

/** Replaces every known secret value, wherever it stands, by `[secret]`. */
export interface Scrubber {
  /** Makes a value known, for good: a secret that was rotated is still one. Values under six characters are ignored. */
  add(value: string): void
  scrub(text: string): string
}

/** One pattern for all values, compiled again only after an addition. */
export function createScrubber(): Scrubber {
  const forms = new Set<string>()
  let pattern: RegExp | undefined
  let compiledFor = 0

  return {
    add(value) {
      for (const form of secretForms(value)) forms.add(form)
    },
    scrub(text) {
      if (compiledFor !== forms.size) {
        pattern = formsPattern(forms)
        compiledFor = forms.size
      }
      return pattern ? text.replace(pattern, HIDDEN) : text
    },
  }
}
