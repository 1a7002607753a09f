/** What commands read of the environment, for help and manual; a test holds it against what the code reads. */
interface EnvironmentVariable {
  readonly name: string
  readonly says: string
}

export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  {
    name: 'NORTHFLANK_API_TOKEN',
    says: 'the token of the Northflank API: for the settings that ship, and for reads of the API without a settings file',
  },
  {
    name: 'NORTHFLANK_API_URL',
    says: 'where that API is, for reads without a settings file (default: the public one)',
  },
  {
    name: 'REDIS_URL',
    says: 'the Redis of the settings that ship (default: the embedded Valkey), and of commands that read it without a settings file',
  },
  {
    name: 'LOG_LEVEL',
    says: 'debug, info, warn or error; wins over log.level of the settings',
  },
  { name: 'NO_COLOR', says: 'with any value: no colour on a terminal either' },
  {
    name: 'LC_ALL',
    says: 'the locale: where it has no UTF-8, bars and columns are drawn in ASCII',
  },
  { name: 'LC_CTYPE', says: 'likewise, where LC_ALL is not set' },
  { name: 'LANG', says: 'likewise, where neither is set' },
  { name: 'WT_SESSION', says: 'set by Windows Terminal, which draws more than ASCII in any locale' },
  { name: 'BUILDWATCHD_ALLOW_EXEC', says: 'with the value 1, notifiers of the kind exec may run programs' },
  {
    name: 'HTTPS_PROXY',
    says: 'the proxy by which https:// is asked, as a URL; also in small letters',
  },
  { name: 'HTTP_PROXY', says: 'likewise for http://' },
  { name: 'NO_PROXY', says: 'hosts that are asked without it, separated by commas' },
]
