/**
 * Foreign text (branch names, commit messages, statuses, answers of other servers) may hold terminal escapes, line breaks
 * that forge a second line, and direction marks that make a line read as another. Here they become visible.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * One line in which every control, format and separator character and every lone surrogate stands as `\uXXXX`.
 * Applied to JSON text without line breaks it changes no value, for there they occur inside strings only.
 */
export function safeText(text: string): string {
  return text.replace(UNSAFE, escaped)
}

function escaped(character: string): string {
  let escapes = ''
  for (let at = 0; at < character.length; at++) {
    escapes += `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`
  }
  return escapes
}

/** {@link safeText} of at most `maxLength` characters, the last an ellipsis where something was left out. */
export function safeExcerpt(text: string, maxLength: number): string {
  // Cut before the escapes are made (one may take 12 characters), and again after it.
  const safe = safeText(beginning(text, maxLength + 2))
  return safe.length > maxLength ? `${beginning(safe, maxLength - 1)}…` : safe
}

/** Half of a character that the cut has parted is left out. */
function beginning(text: string, length: number): string {
  const cut = text.slice(0, length)
  return cut.length < text.length ? cut.replace(/[\ud800-\udbff]$/, '') : cut
}
