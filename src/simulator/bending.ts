import type { Clock, Random } from '../domain/ports.js'
import { bentBuild } from './build-faults.js'
import { buildObject, type ServedObject } from './build-object.js'
import type { FaultBoard, StruckRequest } from './fault-board.js'
import type { FaultKind } from './fault-rule.js'
import { bentPage } from './list-faults.js'
import type { Page } from './pagination.js'
import type { SimulatedBuild } from './world.js'

export interface BendingMeans {
  readonly faults: FaultBoard
  readonly clock: Clock
  /** For the order of shuffled pages. */
  readonly random: Random
}

/** How one answer shows the world: truly, except where faults strike. */
export interface Bending {
  /** In a list each build is struck for itself. `undefined` before it is created. */
  show(build: SimulatedBuild): ServedObject | undefined
  isListed(build: SimulatedBuild): boolean
  page(page: Page<SimulatedBuild>): Page<SimulatedBuild>
  /** The kinds that have struck so far. */
  struck(): FaultKind[]
}

export function createBending({ faults, clock, random }: BendingMeans, request: StruckRequest): Bending {
  const now = clock.now()
  const struck: FaultKind[] = []

  function noted<S extends { readonly kind: FaultKind }>(strike: S | undefined): S | undefined {
    if (strike) struck.push(strike.kind)
    return strike
  }

  return {
    show(build) {
      const object = buildObject(build, now)
      if (!object) return undefined
      const strike = noted(faults.strike('build', { ...request, build: build.key }))
      if (!strike) return { ...object }
      return bentBuild(strike.kind, { object: { ...object }, build, now, parameters: strike.parameters })
    },
    isListed: (build) => !noted(faults.strike('entry', { ...request, build: build.key })),
    page(page) {
      const where = { isFirst: page.before.length === 0, isLast: !page.pagination.hasNextPage }
      const strike = noted(faults.strike('list', { ...request, page: where }))
      return strike ? bentPage(strike.kind, { page, parameters: strike.parameters, random }) : page
    },
    struck: () => struck,
  }
}
