import { buildKey, type ResourceRef } from '../../src/domain/build.js'
import { ApiError } from '../../src/domain/errors.js'
import { normaliseConcludedAt, normaliseCreatedAt } from '../../src/domain/instant.js'
import type { BuildSource, Clock, Listing, ReadHooks } from '../../src/domain/ports.js'
import type { ApiBuild, Snapshot } from '../../src/domain/snapshot.js'

type Way = 'get' | 'list'

/** As many as the real one reads of one list at most. */
const MOST_PAGES = 20

/**
 * An API of one job, after the faults that it has been given: builds by id, and a list of them in the order in which they
 * were put, newest first. It counts the requests that reach it. A list that fails after its first page is cut short there.
 */
export function createMemoryApi(clock: Clock, job: ResourceRef) {
  const faults: Error[] = []
  const refusals = new Map<string, Error>()
  const builds = new Map<string, ApiBuild>()
  const unlisted = new Set<string>()
  const asked: string[] = []
  let perPage = 100
  let isOldestFirst = false
  let whileAnswering: () => unknown = () => undefined

  const snapshotOf = (build: ApiBuild): Snapshot => {
    const observedAt = clock.now()
    const createdAt = normaliseCreatedAt(build.createdAt)
    const concludedAt = normaliseConcludedAt(build.buildConcludedAt, observedAt)
    return {
      ref: { ...job, build: build.id },
      build,
      observedAt,
      ...(createdAt === undefined ? {} : { createdAt }),
      ...(concludedAt === undefined ? {} : { concludedAt }),
    }
  }

  /** What is served is as it was when the request came; what happens meanwhile happens before anyone sees the answer. */
  async function request<T>(
    way: Way,
    name: string,
    { hooks, answer }: { hooks: ReadHooks; answer: () => T },
  ): Promise<T> {
    for (;;) {
      asked.push(name)
      const fault = faults.shift() ?? refusals.get(way) ?? refusals.get(name)
      const answered = answer()
      const throttled = fault instanceof ApiError && fault.code === 'API_THROTTLED'
      await hooks.onAnswer({ throttled, remaining: 1000 - asked.length })
      await whileAnswering()
      hooks.signal.throwIfAborted()
      if (!fault) return answered
      if (!(fault instanceof ApiError && fault.retryable) || !(await hooks.mayRetry())) throw fault
    }
  }

  const listed = (): ApiBuild[] => {
    const shown = [...builds.values()].filter(({ id }) => !unlisted.has(id))
    return isOldestFirst ? shown : shown.toReversed()
  }

  return {
    async get(ref, hooks) {
      const build = await request('get', `get ${ref.build}`, { hooks, answer: () => builds.get(ref.build) })
      if (!build)
        throw new ApiError('API_NOT_FOUND', `no build ${buildKey(ref)}`, { retryable: false, status: 404 })
      return snapshotOf(build)
    },
    async list(_ref, hooks): Promise<Listing> {
      const seen = new Map<string, Snapshot>()
      const shown = (end: Listing['end']): Listing => ({ snapshots: [...seen.values()], end })
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const from = page * perPage
        const answer = () => ({
          page: listed().slice(from, from + perPage),
          isLast: from + perPage >= listed().length,
        })
        let answered: ReturnType<typeof answer>
        try {
          answered = await request('list', 'list', { hooks, answer })
        } catch (error) {
          if (page === 0 || !(error instanceof ApiError)) throw error
          return shown('cut')
        }
        for (const build of answered.page) if (!seen.has(build.id)) seen.set(build.id, snapshotOf(build))
        if (answered.isLast) return shown('whole')
        if (!hooks.wantsMore([...seen.values()])) return shown('enough')
        if (!(await hooks.mayAsk())) break
      }
      return shown('cut')
    },
    /** Adds a build as the newest, or changes one. */
    serve(build: ApiBuild): void {
      builds.set(build.id, build)
    },
    remove: (id: string) => void builds.delete(id),
    /** It has left the list; it can still be read by id. */
    unlist: (id: string) => void unlisted.add(id),
    relist: (id: string) => void unlisted.delete(id),
    pagesOf(size: number): void {
      perPage = size
    },
    oldestFirst(): void {
      isOldestFirst = true
    },
    /** So many of the next requests fail, whatever they are. */
    fail(...errors: Error[]): void {
      faults.push(...errors)
    },
    /** Each such request fails, until it is allowed again. `get`, `list` or `get <id>`. */
    refuse: (way: string, error: Error) => void refusals.set(way, error),
    allow: (way: string) => void refusals.delete(way),
    /** Something else happens between the request and our seeing its answer. */
    meanwhile(happening: () => unknown): void {
      whileAnswering = happening
    },
    requests: () => asked.length,
    /** Since the last call. */
    newRequests: () => asked.splice(0),
    asked,
  } satisfies BuildSource & Record<string, unknown>
}
