import { BuildwatchdError } from '../domain/errors.js'
import type { Notifier } from '../domain/ports.js'
import { appriseKind } from './apprise.js'
import { discordKind } from './discord.js'
import { emailKind } from './email.js'
import { execKind } from './exec.js'
import { githubStatusKind } from './github-status.js'
import { gitlabStatusKind } from './gitlab-status.js'
import { logKind } from './log.js'
import type { NotifierKind, NotifierSettings, NotifierTools } from './notifier-kind.js'
import { ntfyKind } from './ntfy.js'
import { pagerdutyKind } from './pagerduty.js'
import { createPlugInNotifier } from './plug-in-kind.js'
import { redisKind } from './redis.js'
import { slackKind } from './slack.js'
import { teamsKind } from './teams.js'
import { webhookKind } from './webhook.js'

/** The only list of notifier kinds: settings, docs and contract tests iterate it. */
export const NOTIFIER_KINDS: readonly NotifierKind[] = [
  logKind,
  webhookKind,
  redisKind,
  execKind,
  slackKind,
  discordKind,
  teamsKind,
  emailKind,
  ntfyKind,
  appriseKind,
  pagerdutyKind,
  githubStatusKind,
  gitlabStatusKind,
]

export interface ConfiguredNotifier extends NotifierSettings<unknown> {
  readonly type: string
  readonly pace?: { readonly groupMs: number }
  /** `file:` URL of its code, where it is the user's own. */
  readonly module?: string
}

/** One that has something open beside the shared HTTP sender can be closed. */
export type OpenNotifier = Notifier & { close?(): Promise<void> }

/** Throws CONFIG_INVALID for an unknown type, or options or secrets that do not suffice. */
export function createNotifier(settings: ConfiguredNotifier, tools: NotifierTools): OpenNotifier {
  if (settings.module !== undefined)
    return grouping(createPlugInNotifier(settings.module, settings), settings)
  const kind = NOTIFIER_KINDS.find(({ type }) => type === settings.type)
  if (kind) return grouping(kind.create(settings, tools), settings)
  const known = NOTIFIER_KINDS.map(({ type }) => type).join(', ')
  throw new BuildwatchdError(
    'CONFIG_INVALID',
    `notifiers.${settings.name}.type: no such type of notifier; there are: ${known}`,
  )
}

function grouping(notifier: OpenNotifier, { name, type, pace }: ConfiguredNotifier): OpenNotifier {
  if (!pace?.groupMs || (notifier.canGroup && (notifier.order ?? 'any') === 'any')) return notifier
  throw new BuildwatchdError(
    'CONFIG_INVALID',
    `notifiers.${name}.group: ${type} tells each event by itself; leave it out`,
  )
}
