import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { readBaseUrl } from '../config/base-url.js'
import type { AccountSettings, Configuration } from '../config/configuration.js'
import { createSecret, templateReader } from '../config/secret.js'
import type { ResourceRef } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { PollingRails } from '../domain/target.js'
import { createNorthflankClient, type NorthflankClient } from '../northflank/client.js'
import { type PagesWanted, type ReadPages, readPages } from '../northflank/read-pages.js'
import { RefusedSettings } from './refused-settings.js'
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
  /** As events name it. */
  readonly account: string
  /** Of the settings, where they were read. */
  readonly rails?: PollingRails
  /** That another address stands in a file which has no say here. */
  readonly notice?: string
}

const PUBLIC_API = 'https://api.northflank.com'

/**
 * The API for one-off reads. The environment wins over the default file, variable by variable; who names a file or an
 * account of it means that one. Rejects with USAGE or CONFIG_INVALID when no token can be found or an address not be used.
 */
export async function openApi(request: ApiRequest): Promise<ApiAccess> {
  const { file, defaultFile, account, env } = request
  const isNamed = file !== undefined || account !== undefined
  if (!isNamed && env['NORTHFLANK_API_TOKEN']) {
    return { ...fromEnvironment(env), ...(await passedOver(defaultFile, env)) }
  }
  if (file === undefined && !existsSync(defaultFile)) throw noFile(account)
  const { name, baseUrl, token, polling } = await accountIn(file ?? defaultFile, request)
  const url = (isNamed ? undefined : urlFrom(env)) ?? baseUrl
  const client = createNorthflankClient({
    baseUrl: url,
    token,
    env,
    timeoutMs: polling.timeoutMs,
    lean: true,
  })
  return { client, baseUrl: url, identity: `account ${name}`, account: name, rails: polling }
}

/** Pages of the builds of one job or service. Rejects as the first of them does. */
export function listPages({ client }: ApiAccess, ref: ResourceRef, wanted: PagesWanted): Promise<ReadPages> {
  return readPages(client, ref, wanted)
}

/** What to say where the default file has an address other than the one that is asked. A file that is broken has none. */
async function passedOver(file: string, env: Environment): Promise<Pick<ApiAccess, 'notice'>> {
  if (env['NORTHFLANK_API_URL']) return {}
  // To read it as settings takes longer than the rest of the command: only where it can make a difference.
  const text = await readFile(file, 'utf8').catch(() => '')
  if (!/^[^#\n]*base_url/m.test(text)) return {}
  const account = await accountIn(file, { account: undefined, env }).catch(() => undefined)
  if (account === undefined || account.baseUrl === PUBLIC_API) return {}
  return {
    notice: `NORTHFLANK_API_TOKEN is set, so that ${PUBLIC_API} is asked, not ${account.baseUrl} of ${file}; set NORTHFLANK_API_URL, or name the file with -c, to ask there`,
  }
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
  { account, env }: Pick<ApiRequest, 'account' | 'env'>,
): Promise<AccountSettings & { polling: PollingRails }> {
  // Loaded only here, for it takes longer than a read that the environment tells everything about.
  const { checkSettings } = await import('./settings.js')
  const checked = await checkSettings(file, env)
  if (checked.kind === 'invalid') throw new RefusedSettings(checked.problems)
  const { polling } = checked.configuration
  return { ...pickAccount(checked.configuration, account), polling }
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
    client: createNorthflankClient({ baseUrl, token, env, lean: true }),
    baseUrl,
    identity: 'NORTHFLANK_API_TOKEN',
    account: 'default',
  }
}

function pickAccount({ accounts }: Configuration, wanted: string | undefined): AccountSettings {
  const [only] = accounts.size === 1 ? accounts.values() : []
  const account = accounts.get(wanted ?? 'default') ?? (wanted === undefined ? only : undefined)
  if (account) return account
  const known = [...accounts.keys()].join(', ')
  throw new BuildwatchdError('USAGE', `--account <name>: the settings have ${known || 'no accounts'}`)
}
