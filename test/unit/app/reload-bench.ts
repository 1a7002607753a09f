/** A reloader on files that a test makes up, and everything that it does to the rest. */
import { type ActiveConfiguration, createLiveConfiguration } from '../../../src/app/live-configuration.js'
import { firstVersion } from '../../../src/app/next-version.js'
import { createReloader } from '../../../src/app/reload.js'
import type { CheckedSettings, SettingsReader, ValidSettings } from '../../../src/app/settings.js'
import type { Configuration } from '../../../src/config/configuration.js'
import type { BuildwatchdError } from '../../../src/domain/errors.js'
import { createScrubber } from '../../../src/telemetry/scrubber.js'
import { createMemoryClock } from '../../support/memory-ports.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { configurationOf, feedOf } from './fixtures.js'

export function settingsOf(parts: Partial<Configuration>, facts: Partial<ValidSettings> = {}): ValidSettings {
  return {
    kind: 'valid',
    configuration: configurationOf(parts),
    warnings: [],
    problems: [],
    badFiles: [],
    texts: new Map(),
    settingsText: 'settings',
    scrubber: createScrubber(),
    reader: NO_READER,
    ...facts,
  }
}

const NO_READER: SettingsReader = {
  load: () => Promise.reject(new Error('not read in this test')),
  fingerprint: async () => '',
  lastRead: () => '',
}

export function invalid(...problems: string[]): CheckedSettings {
  return { kind: 'invalid', problems, warnings: [] }
}

export function createReloadBench() {
  const logger = createRecordingLogger()
  const clock = createMemoryClock()
  const first = settingsOf({ digest: 'one', watches: [feedOf('nightly')] })
  let files: () => Promise<CheckedSettings> = async () => first
  let opened = 0
  let refusal: BuildwatchdError | undefined
  const lastGood: (ValidSettings | undefined)[] = []
  const closed: number[] = []
  const swaps: ActiveConfiguration[] = []
  const building = {
    clock,
    open({ notifiers }: Configuration) {
      if (refusal) throw refusal
      opened += 1
      const [names, nth] = [[...notifiers.keys()], opened]
      const close = async (): Promise<void> => void closed.push(nth)
      return {
        sources: { of: () => undefined, clientOf: () => undefined, close: async () => undefined },
        notifiers: { names, named: () => undefined, close },
      }
    },
  }
  const live = createLiveConfiguration(firstVersion(first.configuration, building))
  const reloader = createReloader({
    ...building,
    first,
    live,
    logger,
    reader: {
      load(good) {
        lastGood.push(good)
        return files()
      },
    },
    afterSwap: async (before) => void swaps.push(before),
  })
  return {
    logger,
    clock,
    first,
    live,
    reloader,
    lastGood,
    closed,
    swaps,
    opened: () => opened,
    refuse: (error: BuildwatchdError | undefined) => {
      refusal = error
    },
    async reloadTo(settings: CheckedSettings): Promise<void> {
      files = async () => settings
      await reloader.reload()
    },
    files(read: typeof files): void {
      files = read
    },
  }
}
