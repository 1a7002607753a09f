import assert from 'node:assert/strict'

const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u

/** The keys of a JSON body in their order, or `one line`. Throws for a text of several lines or with control characters. */
export function messageShape(body: string): readonly string[] | 'one line' {
  if (/^[[{]/.test(body)) {
    const keys: string[] = []
    JSON.parse(body, (key, value: unknown) => {
      keys.push(key)
      return value
    })
    return keys
  }
  const found = UNSAFE.exec(body)?.[0].charCodeAt(0).toString(16)
  assert.equal(found, undefined, `the text holds the control, format or line character U+${found}`)
  return 'one line'
}
