/** What calls of {@link createClient} take: names and shapes as Northflank's own client has them, and limits of time beside. */
import type { ApiBuild } from '../domain/snapshot.js'
import type { Answered, AnsweredPage, BuildsData, Refused } from './api-result.js'

export interface CallLimits {
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** For one HTTP request, in place of the client's. */
  readonly timeoutMs?: number | undefined
}

export interface ProjectParameters {
  readonly teamId?: string | undefined
  readonly projectId: string
}

export interface JobParameters extends ProjectParameters {
  readonly jobId: string
}

export interface ServiceParameters extends ProjectParameters {
  readonly serviceId: string
}

export interface ListOptions {
  /** 1 to 100; the API's default is 50. */
  readonly per_page?: number | undefined
  readonly page?: number | undefined
  readonly cursor?: string | undefined
}

export interface GetBuild<Parameters> extends CallLimits {
  readonly parameters: Parameters & { readonly buildId: string }
}

export interface ListBuilds<Parameters> extends CallLimits {
  readonly parameters: Parameters
  readonly options?: ListOptions | undefined
}

export interface ListAllBuilds<Parameters> extends ListBuilds<Parameters> {
  /** 100 by default; a list that goes on after them ends with an error. */
  readonly maxPages?: number | undefined
}

/** `Refusal` is what an answer other than a 2xx makes of a result: `never` where that is thrown. */
export interface ReadBuilds<Parameters, Refusal = Refused> {
  /** One page. */
  (call: ListBuilds<Parameters>): Promise<AnsweredPage<BuildsData> | Refusal>
  /** Every build once, page by page, of 100 builds each where `per_page` says nothing else. Whatever goes wrong is thrown. */
  all(call: ListAllBuilds<Parameters>): AsyncGenerator<ApiBuild, undefined>
}

export interface ResourceReads<Parameters, Refusal = Refused> {
  build(call: GetBuild<Parameters>): Promise<Answered<ApiBuild> | Refusal>
  readonly builds: ReadBuilds<Parameters, Refusal>
}
