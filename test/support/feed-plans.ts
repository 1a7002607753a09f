/**
 * Jobs and services that people push to, as a run wants them: branches and pull requests, builds of every outcome that
 * overtake each other, builds of the past, and a watch of each with one of all the filters there are.
 */
import { type BuildPlan, ENDINGS, planBuild } from './build-plans.js'
import type { Seeded } from './seeded.js'
import { DEFAULT_ROUTES } from './world-files.js'
import type { WatchSource } from './world-watchlists.js'

export interface FeedsOptions {
  readonly feeds: number
  /** That begin during the run, over all feeds. */
  readonly builds: number
  /** They begin and end within it. Real milliseconds. */
  readonly spanMs: number
  /** Of the past, of the first feed; each other one has a few. */
  readonly past?: number
}

export interface PlannedFeeds {
  /** One for each feed, in order. */
  readonly watches: readonly WatchSource[]
  readonly builds: readonly BuildPlan[]
}

type Filter = Pick<WatchSource, 'branches' | 'pull_requests'>

const FILTERS: readonly Filter[] = [
  {},
  { branches: ['main'] },
  { branches: ['main', 'release/*', '!release/old-*'] },
  { pull_requests: false },
  { pull_requests: 'only' },
  { branches: ['!feature/**'], pull_requests: true },
]
/** Most are pushed to the main branch, so that its line has turns to take. */
const BRANCHES = ['main', 'main', 'main', 'release/1', 'release/old-1', 'feature/a/b']
const PULL_REQUEST_SHARE = 0.2
/** Half of all builds pass. */
const FATES = [...ENDINGS, ...ENDINGS.slice(0, 2), ...ENDINGS.filter(({ outcome }) => outcome === 'success')]
const FEW = 3
const PAST_EVERY_MS = 1500

/** `feed-1`, `feed-2`, …, jobs and services in turn. */
export function planFeeds({ feeds, builds, spanMs, past = FEW }: FeedsOptions, chance: Seeded): PlannedFeeds {
  const resources = Array.from({ length: feeds }, (_, at) => ({
    kind: at % 2 === 0 ? ('jobs' as const) : ('services' as const),
    resource: `feed-${at + 1}`,
  }))
  const arriving = Array.from({ length: builds }, (_, at) => {
    const startsInMs = chance.between(0, Math.floor(spanMs * 0.4))
    const runsMs = chance.between(Math.floor(spanMs * 0.02), Math.floor(spanMs * 0.6))
    return planBuild(`build-${at + 1}`, {
      ...chance.pick(resources),
      ...lineOf(chance),
      ...chance.pick(FATES),
      startsInMs,
      steps: ['QUEUED', 'BUILDING', 'UPLOADING'].map((status) => ({ status, forMs: Math.ceil(runsMs / 3) })),
    })
  })
  const before = resources.flatMap((resource, at) =>
    Array.from({ length: at === 0 ? past : FEW }, (_, nth) =>
      planBuild(`past-${nth + 1}`, {
        ...resource,
        ...lineOf(chance),
        ...chance.pick(FATES),
        startsInMs: -(nth + 2) * PAST_EVERY_MS,
        steps: [{ status: 'BUILDING', forMs: PAST_EVERY_MS }],
      }),
    ),
  )
  const watches = resources.map((resource, at) => ({
    ...watchOf(resource),
    ...FILTERS[at % FILTERS.length],
    notify: DEFAULT_ROUTES,
  }))
  return { watches, builds: [...before, ...arriving] }
}

function lineOf(chance: Seeded): Pick<BuildPlan, 'branch' | 'pullRequestId'> {
  const branch = chance.pick(BRANCHES)
  if (chance.random() >= PULL_REQUEST_SHARE) return { branch, pullRequestId: null }
  return { branch: 'feature/a/b', pullRequestId: chance.between(1, 2) }
}

function watchOf({ kind, resource }: Pick<BuildPlan, 'kind' | 'resource'>): WatchSource {
  return kind === 'jobs' ? { project: 'shop', job: resource } : { project: 'shop', service: resource }
}
