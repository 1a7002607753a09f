/**
 * Whether the terminal, or what else reads our output, takes more than ASCII: by the locale, of which the first variable that is
 * set decides, as POSIX has it. Windows Terminal has no locale and takes it.
 */
export function takesUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return /utf-?8/i.test(locale) || (env['WT_SESSION'] ?? '') !== ''
}
