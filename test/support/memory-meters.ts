import type { DeliveryResult } from '../../src/domain/delivery.js'
import type { BuildEvent } from '../../src/domain/event.js'
import type { Meters } from '../../src/domain/ports.js'
import type { ProbeNote } from '../../src/domain/probe.js'

/** What was counted, in order. */
export function createMemoryMeters() {
  const probes: { account: string; note: ProbeNote }[] = []
  const recorded: BuildEvent[] = []
  const deliveries: { notifier: string; result: DeliveryResult }[] = []
  return {
    probed: (account, note) => void probes.push({ account, note }),
    recorded: (event) => void recorded.push(event),
    delivered: (notifier, result) => void deliveries.push({ notifier, result }),
    counted: { probes, recorded, deliveries },
  } satisfies Meters & Record<string, unknown>
}
