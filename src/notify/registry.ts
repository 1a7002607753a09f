import { BuildwatchdError } from '../domain/errors.js'
import type { Notifier } from '../domain/ports.js'
import { logKind } from './log.js'
import type { NotifierKind, NotifierSettings, NotifierTools } from './notifier-kind.js'
import { webhookKind } from './webhook.js'

/** The only list of notifier kinds: settings, docs and contract tests iterate it. */
export const NOTIFIER_KINDS: readonly NotifierKind[] = [logKind, webhookKind]

export interface ConfiguredNotifier extends NotifierSettings<unknown> {
  readonly type: string
}

/** Throws CONFIG_INVALID for an unknown type, or options or secrets that do not suffice. */
export function createNotifier(settings: ConfiguredNotifier, tools: NotifierTools): Notifier {
  const kind = NOTIFIER_KINDS.find(({ type }) => type === settings.type)
  if (kind) return kind.create(settings, tools)
  const known = NOTIFIER_KINDS.map(({ type }) => type).join(', ')
  throw new BuildwatchdError(
    'CONFIG_INVALID',
    `notifiers.${settings.name}.type: no such type of notifier; there are: ${known}`,
  )
}
