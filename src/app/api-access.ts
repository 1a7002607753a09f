import { existsSync } from 'node:fs'
import type { AccountSettings, Configuration } from '../config/configuration.js'
import { createSecret, templateReader } from '../config/secret.js'
import { BuildwatchdError } from '../domain/errors.js'
import { createNorthflankClient, type NorthflankClient } from '../northflank/client.js'
import { checkSettings, type Environment } from './settings.js'

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

/** The API for one-off reads. Rejects with USAGE or CONFIG_INVALID when no token can be found. */
export async function openApi(request: ApiRequest): Promise<ApiAccess> {
  const { file, defaultFile, env } = request
  if (file === undefined && env['NORTHFLANK_API_TOKEN'] && request.account === undefined)
    return fromEnvironment(env)
  if (file === undefined && !existsSync(defaultFile)) {
    throw new BuildwatchdError('USAGE', 'no token: set NORTHFLANK_API_TOKEN, or name a settings file with -c')
  }
  const checked = await checkSettings(file ?? defaultFile, env)
  if (checked.kind === 'invalid') throw new BuildwatchdError('CONFIG_INVALID', checked.problems.join('\n'))
  const { name, baseUrl, token } = pickAccount(checked.configuration, request.account)
  const { timeoutMs } = checked.configuration.polling
  const client = createNorthflankClient({ baseUrl, token, env, timeoutMs })
  return { client, baseUrl, identity: `account ${name}` }
}

function fromEnvironment(env: Environment): ApiAccess {
  const baseUrl = env['NORTHFLANK_API_URL'] || PUBLIC_API
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
