/** Email addresses as settings name them: narrower than RFC 5322 allows, so that nothing in them can be read as anything else. */
export interface Mailbox {
  /** Empty where there is none. */
  readonly name: string
  readonly address: string
}

/** dot-atom @ domain (RFC 5321, 4.1.2 and 4.5.3.1), without quoted parts and literals. */
const ADDRESS =
  /^(?=.{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?=.{1,253}$)[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u

/** No sign that could end the name. */
const NAMED = /^([^<>"\\,;:@()[\]\p{C}]{1,100}) <([^<>]+)>$/u

export function isAddress(text: string): boolean {
  return ADDRESS.test(text)
}

/** `address` or `Name <address>`; `undefined` for anything else. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, name = '', address = text] = NAMED.exec(text) ?? []
  return isAddress(address) ? { name: name.trim(), address } : undefined
}
