/** Pages of builds as a service shows them whose lists are at odds with themselves. */
import type { Random } from '../domain/ports.js'
import type { FaultAt, FaultParameters } from './fault-rule.js'
import type { Page } from './pagination.js'
import type { SimulatedBuild } from './world.js'

type BuildPage = Page<SimulatedBuild>

interface Bent {
  readonly page: BuildPage
  readonly parameters: FaultParameters
  readonly random: Random
}

const BENDERS: Readonly<Record<FaultAt<'list'>, (bent: Bent) => BuildPage>> = {
  cursor_loop: ({ page }) => ({ ...page, pagination: { ...page.pagination, cursor: page.ownCursor } }),
  repeated_page({ page, parameters: { repeats } }) {
    const { before, items } = page
    return withItems(page, repeats === undefined ? before : [...before.slice(-repeats), ...items])
  },
  no_cursor({ page }) {
    const { cursor: _, ...pagination } = page.pagination
    return { ...page, pagination }
  },
  shuffled: ({ page, random }) => withItems(page, shuffled(page.items, random)),
}

export function bentPage(kind: FaultAt<'list'>, bent: Bent): BuildPage {
  return BENDERS[kind](bent)
}

/** The cursor stays: it leads to what truly comes next. */
function withItems(page: BuildPage, items: readonly SimulatedBuild[]): BuildPage {
  return { ...page, items, pagination: { ...page.pagination, count: items.length } }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const drawn = items.map((item) => ({ item, place: random() }))
  return drawn.sort((a, b) => a.place - b.place).map(({ item }) => item)
}
