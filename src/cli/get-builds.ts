import { listPages } from '../app/api-access.js'
import { BuildwatchdError } from '../domain/errors.js'
import { safeText } from '../domain/safe-text.js'
import { buildsTable } from './build-tables.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'
import { wholeNumberOf } from './numbers.js'
import { type OutputFormat, outputFormat, renderResult } from './output.js'
import { notice, type ReadOptions, type ResourceWord, resourceOf, wantsResult, withApi } from './read-api.js'

export interface GetBuildsOptions extends ReadOptions {
  readonly perPage?: string
  readonly page?: string
  readonly cursor?: string
  readonly all?: boolean
}

type Pages = Awaited<ReturnType<typeof listPages>>
type Page = Parameters<typeof listPages>[2]['first']

/** What the API takes, and so the fewest requests. */
const MOST_PER_PAGE = 100
/** With --all: a twentieth of the account's hour, and 5000 builds. */
const MOST_REQUESTS = 50

/** `get job builds` and `get service builds`: one page, or all of them. */
export async function getBuilds(kind: ResourceWord, options: GetBuildsOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const ref = resourceOf(kind, options)
  const wanted = { first: firstPage(options), most: options.all ? MOST_REQUESTS : 1 }
  return withApi(options, io, async (api) => {
    const pages = await listPages(api, ref, wanted)
    if (wantsResult(options)) io.stdout.write(await rendered(pages, format, io))
    if (format === 'table' && pages.builds.length === 0 && !options.quiet) io.stderr.write('No builds.\n')
    const words = endWords(pages, options)
    if (words !== undefined) notice(words, options, io)
    if (pages.end.kind === 'failed') throw pages.end.error
    return EXIT.done
  })
}

function firstPage(options: GetBuildsOptions): Page {
  const { perPage, page, cursor, all } = options
  if (page !== undefined && cursor !== undefined)
    throw new BuildwatchdError('USAGE', '--page and --cursor name two places to begin; leave one of them out')
  if (cursor?.trim() === '')
    throw new BuildwatchdError('USAGE', '--cursor is empty; leave it out to begin with the newest build')
  const size = perPageOf(perPage) ?? (all ? MOST_PER_PAGE : undefined)
  return {
    ...(size === undefined ? {} : { perPage: size }),
    ...(page === undefined ? {} : { page: wholeNumberOf(page, '--page', { least: 1 }) }),
    ...(cursor === undefined ? {} : { cursor }),
  }
}

function perPageOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : wholeNumberOf(text, '--per_page', { least: 1, most: MOST_PER_PAGE })
}

async function rendered({ builds, raw }: Pages, format: OutputFormat, io: CliIo): Promise<string> {
  if (format !== 'table') return renderResult(raw, format)
  return buildsTable(builds, { now: Date.now(), width: io.stdout.columns })
}

/** What to know of how the list ended; `undefined` where it is whole. */
function endWords({ end, builds }: Pages, { all }: GetBuildsOptions): string | undefined {
  const read = `${builds.length} builds have been read`
  switch (end.kind) {
    case 'whole':
      return undefined
    case 'lost':
      return `${read}, and the API has more, to which its cursors do not lead; by --page they may be had`
    case 'failed':
      return `${read} before a request failed; go on with --all ${goingOn(end.next)}`
    case 'more':
      return all
        ? `${read} in ${MOST_REQUESTS} requests, and there are more; go on with --all ${goingOn(end.next)}`
        : `there are further pages; go on with ${goingOn(end.next)}, or read all with --all`
  }
}

/** To be pasted into a shell, which must find nothing to do in what another server says. */
function goingOn({ perPage, page, cursor }: Page): string {
  const size = perPage === undefined ? '' : `--per_page ${perPage} `
  if (cursor === undefined) return `${size}--page ${page}`
  const word = safeText(cursor)
  const isPlain = /^[\w.=+/:~-]+$/.test(word)
  return `${size}--cursor ${isPlain ? word : `'${word.replaceAll("'", "'\\''")}'`}`
}
