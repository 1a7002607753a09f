/**
 * A commit status of GitLab's REST API v4 (docs.gitlab.com/api/commits, "Set commit pipeline status", and
 * app/services/ci/create_commit_status_service.rb in gitlabhq/gitlabhq@de09f03; read in November 2026). A status knows where
 * it may go from where it stands, and says so with a 400: a repeat of `running` meets it every time. A repeated end begins a
 * status of the same name and state anew, which takes the place of the first. While two write to one commit the answer is 409
 * "Resource lock" (lib/api/api.rb). What is foreign stands in the body, never in the URL.
 */
import { z } from 'zod'
import type { Occasion } from '../domain/occasion.js'
import type { Outcome } from '../domain/outcome.js'
import {
  contextOf,
  contextOption,
  describe,
  type Home,
  outcomeIn,
  placeOf,
  type StatusService,
  sendStatus,
} from './commit-status.js'
import { escapedExcerpt } from './fitting.js'
import { httpOptions, httpUrl, policyOf, urlProblem } from './http-options.js'
import type { HttpResult } from './http-sender.js'
import { defineNotifierKind } from './notifier-kind.js'
import { type StatusTable, standardTable } from './status-table.js'
import { templateOption } from './template.js'

/** Of name, description, URL and ref alike. */
const LONGEST = 255
const RUNNING = 'running'

/** No outcome is invented: of what ended unknown, as of what was aborted, there is no result. Both keep a merge back. */
const STATES: Readonly<Record<Outcome, string>> = {
  success: 'success',
  failure: 'failed',
  crashed: 'failed',
  submission_failure: 'failed',
  aborted: 'canceled',
  unknown: 'canceled',
}

const project = z
  .string()
  .regex(
    /^(?:\d{1,20}|[\w.-]{1,255}(?:\/[\w.-]{1,255})+)$/,
    'must be group/name, such as acme/shop, or an id in quotes, such as "17"',
  )

const options = z
  .strictObject({
    project: project
      .optional()
      .describe('The project whose commits are marked: its path, or its id in quotes.'),
    projects: z
      .record(z.string().min(1), project)
      .default({})
      .describe(
        'Where there are several: projects by job or service, such as `shop/jobs/nightly: acme/shop`; the names may hold `*` and `**`, the first that matches decides, and `project` serves the others.',
      ),
    context: contextOption,
    template: templateOption,
    api_url: httpUrl()
      .default('https://gitlab.com/api/v4')
      .describe('Base URL of the API; `https://HOST/api/v4` for a GitLab of your own.'),
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.api_url, policyOf(value))
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['api_url'], message: problem })
    if (value.project !== undefined || Object.keys(value.projects).length > 0) return
    context.addIssue({ code: 'custom', path: ['project'], message: 'is missing; give it, or projects' })
  })

type GitlabOptions = z.output<typeof options>

export const gitlabStatusKind = defineNotifierKind({
  type: 'gitlab-status',
  summary: 'Marks the commit of a build on GitLab: running, then success, failed or canceled.',
  reaches: 'http',
  options,
  secrets: [
    {
      name: 'token',
      required: true,
      describe:
        'A personal, group or project access token with the scope api and at least the role Developer.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: { project: 'acme/shop', api_url: `${endpoint}/api/v4` },
    secrets: { token: secret },
  }),
  create(notifier, { http }) {
    const { options } = notifier
    const home: Home = { one: options.project, many: options.projects, word: 'project' }
    const service: StatusService = {
      http,
      notifier,
      home,
      tokenWords: 'an access token such as glpat-…',
      path: (place) => `/projects/${encodeURIComponent(place.home)}/statuses/${place.sha}`,
      headers: (token) => ({ 'private-token': token }),
      table: tableFor,
      explained,
    }
    return {
      order: 'latest',
      render: (occasion) => rendered(occasion, home, options),
      send: (outgoing, { signal }) => sendStatus(outgoing, signal, service),
    }
  },
})

/**
 * `running` that cannot be set is there already, or has been overtaken. An end that cannot be set has met another end that
 * was written at the same moment; at the next attempt GitLab begins a status anew.
 */
function tableFor(sent: string): StatusTable {
  const { state }: { state?: unknown } = JSON.parse(sent)
  return (status, body) => {
    if (status === 409) return 'retry'
    const from = status === 400 ? /Cannot transition status via :\w+ from :(\w+)/.exec(body)?.[1] : undefined
    if (from === undefined) return standardTable(status, body)
    return state === RUNNING || state === from ? 'accepted' : 'retry'
  }
}

/** What GitLab's own words leave to guess. */
function explained(result: HttpResult): HttpResult {
  if (result.kind === 'accepted')
    return result.detail === 'HTTP 400' ? { kind: 'accepted', detail: 'it stands there already' } : result
  if (!result.reason.startsWith('HTTP 404')) return result
  const guess = 'no such project or commit, or the token may not see the project'
  return { ...result, reason: `${result.reason}; ${guess}` }
}

async function rendered(occasion: Occasion, home: Home, options: GitlabOptions): Promise<string> {
  const { event, briefing } = occasion
  const place = placeOf(event, home)
  if (typeof place === 'string') return place
  const outcome = outcomeIn(event)
  const branch = 'build' in event.data ? event.data.build.branch : undefined
  return JSON.stringify({
    state: outcome === undefined ? RUNNING : STATES[outcome],
    name: escapedExcerpt(contextOf(options.context, place), LONGEST),
    description: escapedExcerpt(await describe(occasion, options.template), LONGEST),
    // Without it GitLab picks one of the pipelines of the commit, perhaps another each time.
    ...whole('ref', branch),
    ...whole('target_url', briefing.link),
  })
}

/** Cut, these would mean something else. */
function whole(name: string, text: string | undefined): Record<string, string> {
  return text && text.length <= LONGEST ? { [name]: text } : {}
}
