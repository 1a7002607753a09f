import { existsSync } from 'node:fs'
import { readBaseUrl } from '../config/base-url.js'
import type { AccountSettings, Configuration } from '../config/configuration.js'
import { createSecret, templateReader } from '../config/secret.js'
import { BuildwatchdError } from '../domain/errors.js'
import { createNorthflankClient, type NorthflankClient } from '../northflank/client.js'
import type { Environment } from './settings.js'

export interface ApiRequest {
  /** The settings file that the user named, if any: only then does it win over the environment. */
  readonly file: string | undefined
  readonly defaultFile: string
  readonly account: string | undefined
  readonly env: Environment
}

export interface ApiAccess {
  readonly client: NorthflankClient
  readonly baseUrl: string
  /** Whose token it is: an account of the settings, or the environment's. */
  readonly identity: string
}

const PUBLIC_API = 'https://api.northflank.com'

/**
 * The API for one-off reads. The environment wins over the default file, variable by variable; who names a file or an
 * account of it means that one. Rejects with USAGE or CONFIG_INVALID when no token can be found or an address not be used.
 */
export async function openApi(request: ApiRequest): Promise<ApiAccess> {
  const { file, defaultFile, account, env } = request
  const isNamed = file !== undefined || account !== undefined
  if (!isNamed && env['NORTHFLANK_API_TOKEN']) return fromEnvironment(env)
  if (file === undefined && !existsSync(defaultFile)) throw noFile(account)
  const { name, baseUrl, token, timeoutMs } = await accountIn(file ?? defaultFile, request)
  const url = (isNamed ? undefined : urlFrom(env)) ?? baseUrl
  const client = createNorthflankClient({ baseUrl: url, token, env, timeoutMs })
  return { client, baseUrl: url, identity: `account ${name}` }
}

function noFile(account: string | undefined): BuildwatchdError {
  return new BuildwatchdError(
    'USAGE',
    account === undefined
      ? 'no token: set NORTHFLANK_API_TOKEN, or name a settings file with -c'
      : '--account names one of a settings file, and there is none; name it with -c',
  )
}

async function accountIn(
  file: string,
  { account, env }: ApiRequest,
): Promise<AccountSettings & { timeoutMs: number }> {
  // Loaded only here, for it takes longer than a read that the environment tells everything about.
  const { checkSettings } = await import('./settings.js')
  const checked = await checkSettings(file, env)
  if (checked.kind === 'invalid') throw new BuildwatchdError('CONFIG_INVALID', checked.problems.join('\n'))
  const { timeoutMs } = checked.configuration.polling
  return { ...pickAccount(checked.configuration, account), timeoutMs }
}

/** `undefined` when nothing is said. */
function urlFrom(env: Environment): string | undefined {
  const text = env['NORTHFLANK_API_URL']
  if (!text) return undefined
  const insecureCure = 'name a settings file with allow_insecure: true'
  const read = readBaseUrl(text, { allowInsecure: false, insecureCure })
  if (read.ok) return read.baseUrl
  throw new BuildwatchdError('CONFIG_INVALID', `NORTHFLANK_API_URL ${read.refusal}`)
}

function fromEnvironment(env: Environment): ApiAccess {
  const baseUrl = urlFrom(env) ?? PUBLIC_API
  const token = createSecret({
    keyPath: 'NORTHFLANK_API_TOKEN',
    read: templateReader('${NORTHFLANK_API_TOKEN}', env),
    onSecret: () => undefined,
  })
  return {
    client: createNorthflankClient({ baseUrl, token, env }),
    baseUrl,
    identity: 'NORTHFLANK_API_TOKEN',
  }
}

function pickAccount({ accounts }: Configuration, wanted: string | undefined): AccountSettings {
  const [only] = accounts.size === 1 ? accounts.values() : []
  const account = accounts.get(wanted ?? 'default') ?? (wanted === undefined ? only : undefined)
  if (account) return account
  const known = [...accounts.keys()].join(', ')
  throw new BuildwatchdError('USAGE', `--account <name>: the settings have ${known || 'no accounts'}`)
}
