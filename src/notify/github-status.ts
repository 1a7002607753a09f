/**
 * A commit status of GitHub's REST API (docs.github.com/rest/commits/statuses, "Create a commit status", read in November 2026),
 * version 2022-11-28: GitHub keeps it until March 2028 at least (changelog of 2026-03-12), and GitHub Enterprise Server knows no
 * later one everywhere. A description is plain text of 140 characters at most, none of them beyond the basic plane: others are
 * refused with 422 (ouzi-dev/commit-status-updater#526). A 422 also says that the repository has no such commit, or a
 * thousand statuses of this name for it: neither mends. A 404 is what a token without the right gets, so it does not mend by
 * itself either. Rate limits come as 403 or 429 ("Rate limits for the REST API").
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

const API_VERSION = '2022-11-28'
const LONGEST_DESCRIPTION = 140
const LONGEST_CONTEXT = 255
/** "Otherwise, wait for at least one minute": where a rate limit says nothing of its end. */
const LIMITED_MS = 60_000

/**
 * GitHub has no word for a build that was aborted. `failure` would blame the commit, `pending` would never end: `error`, which
 * it keeps for what went wrong around the code.
 */
const STATES: Readonly<Record<Outcome, string>> = {
  success: 'success',
  failure: 'failure',
  crashed: 'error',
  submission_failure: 'error',
  aborted: 'error',
  unknown: 'error',
}

const repository = z
  .string()
  .regex(/^[\w-]{1,100}\/(?!\.{1,2}$)[\w.-]{1,100}$/, 'must be owner/name, such as acme/shop')

const options = z
  .strictObject({
    repository: repository.optional().describe('The repository whose commits are marked, `owner/name`.'),
    repositories: z
      .record(z.string().min(1), repository)
      .default({})
      .describe(
        'Where there are several: repositories by job or service, such as `shop/jobs/nightly: acme/shop`; the names may hold `*` and `**`, the first that matches decides, and `repository` serves the others.',
      ),
    context: contextOption,
    template: templateOption,
    api_url: httpUrl()
      .default('https://api.github.com')
      .describe('Base URL of the API; `https://HOST/api/v3` for GitHub Enterprise Server.'),
    ...httpOptions,
  })
  .superRefine((value, context) => {
    const problem = urlProblem(value.api_url, policyOf(value))
    if (problem !== undefined) context.addIssue({ code: 'custom', path: ['api_url'], message: problem })
    if (value.repository !== undefined || Object.keys(value.repositories).length > 0) return
    context.addIssue({
      code: 'custom',
      path: ['repository'],
      message: 'is missing; give it, or repositories',
    })
  })

type GithubOptions = z.output<typeof options>

export const githubStatusKind = defineNotifierKind({
  type: 'github-status',
  summary: 'Marks the commit of a build on GitHub: pending, then success, failure or error.',
  reaches: 'http',
  options,
  secrets: [
    {
      name: 'token',
      required: true,
      describe:
        'A token that may write commit statuses: fine-grained, or classic with the scope repo:status.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: { repository: 'acme/shop', api_url: endpoint },
    secrets: { token: secret },
  }),
  create(notifier, { http }) {
    const { options } = notifier
    const home = homeOf(options)
    const service: StatusService = {
      http,
      notifier,
      home,
      tokenWords: 'a token such as github_pat_… or ghp_…',
      path: (place) => `/repos/${place.home}/statuses/${place.sha}`,
      headers: (token) => ({
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${token}`,
        'x-github-api-version': API_VERSION,
      }),
      table: () => table,
      explained,
    }
    return {
      order: 'latest',
      render: (occasion) => rendered(occasion, home, options),
      send: (outgoing, { signal }) => sendStatus(outgoing, signal, service),
    }
  },
})

function homeOf({ repository, repositories }: GithubOptions): Home {
  return { one: repository, many: repositories, word: 'repository' }
}

const table: StatusTable = (status, body) =>
  status === 403 && /rate limit|abuse detection/i.test(body) ? 'retry' : standardTable(status, body)

/** What GitHub's own words leave to guess. */
function explained(result: HttpResult): HttpResult {
  if (result.kind === 'accepted') return result
  const { reason } = result
  if (result.kind === 'retry' && /^HTTP (?:403|429)/.test(reason))
    return { ...result, retryAfterMs: result.retryAfterMs ?? LIMITED_MS }
  if (/^HTTP 30\d/.test(reason))
    return { ...result, reason: `${reason}; the repository has another name now` }
  if (!reason.startsWith('HTTP 404')) return result
  const guess = 'there is no such repository, or the token may not write its commit statuses'
  return { ...result, reason: `${reason}; ${guess}` }
}

async function rendered(occasion: Occasion, home: Home, options: GithubOptions): Promise<string> {
  const { event, briefing } = occasion
  const place = placeOf(event, home)
  if (typeof place === 'string') return place
  const outcome = outcomeIn(event)
  const description = (await describe(occasion, options.template)).replaceAll(BEYOND_BASIC_PLANE, '\ufffd')
  return JSON.stringify({
    state: outcome === undefined ? 'pending' : STATES[outcome],
    context: escapedExcerpt(contextOf(options.context, place), LONGEST_CONTEXT),
    description: escapedExcerpt(description, LONGEST_DESCRIPTION),
    ...(briefing.link === undefined ? {} : { target_url: briefing.link }),
  })
}

const BEYOND_BASIC_PLANE = /[\u{10000}-\u{10ffff}]/gu
