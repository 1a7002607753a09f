import type { Configuration } from '../config/configuration.js'
import type { Clock, Logger } from '../domain/ports.js'
import { openApiSources } from './api-sources.js'
import type { OpenedParts } from './live-configuration.js'
import { type NotifierMeans, openNotifiers } from './notifiers.js'

export interface OpeningMeans extends NotifierMeans {
  readonly clock: Clock
  readonly logger: Logger
}

/** The clients of the accounts, and the notifiers. Throws CONFIG_INVALID, and then leaves nothing open. */
export function openParts({ accounts, notifiers }: Configuration, means: OpeningMeans): OpenedParts {
  const opened = openNotifiers(notifiers.values(), means)
  try {
    return { notifiers: opened, sources: openApiSources(accounts.values(), means) }
  } catch (error) {
    void opened.close()
    throw error
  }
}
