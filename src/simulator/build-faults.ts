import { buildObject, type ServedObject } from './build-object.js'
import type { FaultAt, FaultParameters } from './fault-rule.js'
import type { SimulatedBuild } from './world.js'

interface Bent {
  readonly object: ServedObject
  readonly build: SimulatedBuild
  /** Epoch ms of the answer. */
  readonly now: number
  readonly parameters: FaultParameters
}

const BENDERS: Readonly<Record<FaultAt<'build'>, (bent: Bent) => ServedObject>> = {
  /** Also for a build that is still running: then the word says the end and `concluded` does not. */
  contradiction: ({ object }) => ({ ...object, status: 'SUCCESS', success: false }),
  regression: ({ object, build, now, parameters }) =>
    asServed(buildObject(build, now, parameters.back ?? 1)) ?? object,
  missing_fields({ object, parameters }) {
    const missing = parameters.fields ?? Object.keys(object)
    const kept = Object.entries(object).filter(([name]) => !missing.includes(name))
    return { ...Object.fromEntries(kept), id: object.id }
  },
  conclusion_unit({ object, build, parameters }) {
    if (object['buildConcludedAt'] === undefined) return object
    return { ...object, buildConcludedAt: inUnit(build.concludedAt, parameters.unit ?? 'milliseconds') }
  },
}

export function bentBuild(kind: FaultAt<'build'>, bent: Bent): ServedObject {
  return BENDERS[kind](bent)
}

function inUnit(at: number, unit: NonNullable<FaultParameters['unit']>): number | string {
  switch (unit) {
    case 'milliseconds':
      return at
    case 'whole_seconds':
      return Math.floor(at / 1000)
    case 'text':
      return new Date(at).toISOString()
    case 'nonsense':
      return -62_135_596_800
  }
}

function asServed(object: ReturnType<typeof buildObject>): ServedObject | undefined {
  return object && { ...object }
}
