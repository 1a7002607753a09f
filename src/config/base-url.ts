export type BaseUrl =
  | { readonly ok: true; readonly baseUrl: string }
  /** "what is wrong; what would be right", without the URL: where it should hold no credentials it may hold some. */
  | { readonly ok: false; readonly refusal: string }

export interface BaseUrlRules {
  readonly allowInsecure: boolean
  /** What to do where http:// is meant. */
  readonly insecureCure: string
}

/** Where an API is asked, up to the path, without a slash at its end. */
export function readBaseUrl(text: string, rules: BaseUrlRules): BaseUrl {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const refusal = url ? refusalOf(url, rules) : 'is no URL; write one such as https://api.northflank.com'
  if (refusal !== undefined || !url) return { ok: false, refusal: refusal ?? '' }
  return { ok: true, baseUrl: `${url.origin}${url.pathname.replace(/\/+$/, '')}` }
}

function refusalOf(url: URL, { allowInsecure, insecureCure }: BaseUrlRules): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is no web address; write https://…'
  if (url.username !== '' || url.password !== '') return 'holds credentials; write them as token'
  const extra = extraOf(url)
  if (extra !== undefined) return extra
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !allowInsecure) {
    return `would send the token unencrypted; write https://, or ${insecureCure}`
  }
  return undefined
}

function extraOf({ search, hash, pathname }: URL): string | undefined {
  if (search !== '' || hash !== '') return 'holds a query or fragment; write the address up to the path'
  if (!/\/v1\/*$/.test(pathname)) return undefined
  return 'ends in /v1, which buildwatchd adds to every request; write the address without it'
}

/** The host of a parsed URL, which has brought every way to write an IPv4 address to dotted form. */
function isLoopback(hostname: string): boolean {
  return /^(127\.\d+\.\d+\.\d+|\[::1\]|(.+\.)?localhost)$/.test(hostname)
}
