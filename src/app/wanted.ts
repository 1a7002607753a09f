import type { Configuration } from '../config/configuration.js'
import type { WantedConfiguration } from '../domain/ports.js'
import { targetsOf } from '../domain/target.js'
import type { Notifiers } from './notifiers.js'
import { VERSION } from './version.js'

/** The version belongs to the digest: a release may make other targets of the same files. */
export function wantedBy(
  { digest, watches, accountRoutes }: Configuration,
  notifiers: Pick<Notifiers, 'names'>,
): WantedConfiguration {
  return {
    digest: `${VERSION}+${digest}`,
    targets: targetsOf(watches),
    accountRoutes,
    notifiers: notifiers.names,
  }
}
