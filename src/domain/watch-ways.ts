/** How `watch` looks at a build: through a daemon's Redis, at the API, or as is cheaper. */
export const WATCH_WAYS = ['auto', 'api', 'redis'] as const
export type WatchWay = (typeof WATCH_WAYS)[number]
