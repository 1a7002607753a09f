import type { Configuration } from '../config/configuration.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock } from '../domain/ports.js'
import {
  type ConfigurationChanges,
  changedForRestart,
  configurationChanges,
  withoutRestart,
} from './configuration-changes.js'
import type { ActiveConfiguration, OpenedParts } from './live-configuration.js'
import type { ValidSettings } from './settings.js'
import { wantedBy } from './wanted.js'

export interface BuildingMeans {
  /** Throws CONFIG_INVALID. */
  readonly open: (configuration: Configuration) => OpenedParts
  readonly clock: Clock
}

/** What a daemon starts with. Throws CONFIG_INVALID. */
export function firstVersion(
  configuration: Configuration,
  { open, clock }: BuildingMeans,
): ActiveConfiguration {
  const opened = open(configuration)
  const wanted = wantedBy(configuration, opened.notifiers)
  return { configuration, ...opened, wanted, version: 1, loadedAt: clock.now() }
}

interface Invalid {
  readonly kind: 'invalid'
  readonly problems: readonly string[]
}

/** A version that can be swapped in. */
export interface NextVersion {
  readonly kind: 'built'
  readonly version: ActiveConfiguration
  readonly settings: ValidSettings
  /** Sections that differ and are left as they were. */
  readonly restart: readonly string[]
  readonly changes: ConfigurationChanges
}

/** The version after `before`, or why the settings lead to none, though every file is valid. */
export async function nextVersion(
  before: ActiveConfiguration,
  { good, loaded }: { readonly good: ValidSettings; readonly loaded: ValidSettings },
  { open, clock }: BuildingMeans,
): Promise<NextVersion | Invalid> {
  const restart = await changedForRestart(before.configuration, loaded.configuration)
  const configuration = withoutRestart(before.configuration, loaded.configuration)
  try {
    // Open connections, and what notifiers remember, are lost only where the settings themselves are new.
    const { sources, notifiers } = loaded.settingsText === good.settingsText ? before : open(configuration)
    const wanted = wantedBy(configuration, notifiers)
    const version = { configuration, sources, notifiers, wanted }
    return {
      kind: 'built',
      version: { ...version, version: before.version + 1, loadedAt: clock.now() },
      settings: loaded,
      restart,
      changes: await configurationChanges(before.configuration, configuration),
    }
  } catch (error) {
    if (!(error instanceof BuildwatchdError && error.code === 'CONFIG_INVALID')) throw error
    return { kind: 'invalid', problems: [error.message] }
  }
}
