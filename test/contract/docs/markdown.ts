/** Just enough Markdown to hold the pages against the code: fenced blocks, tables, links, headings. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))

export interface Fence {
  /** What stands behind the backticks, such as `js follow.mjs`. */
  readonly info: string
  readonly content: string
}

export function readPage(path: string): string {
  return readFileSync(`${REPOSITORY}${path}`, 'utf8')
}

export function fencesOf(page: string): Fence[] {
  const blocks = page.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)
  return [...blocks].map(([, info = '', content = '']) => ({ info, content }))
}

/** The one block with this info string. */
export function fence(page: string, info: string): string {
  const [found, ...others] = fencesOf(page).filter((block) => block.info === info)
  if (found === undefined || others.length > 0)
    throw new Error(`the page has no, or several, \`\`\`${info} blocks`)
  return found.content
}

/** The part below one heading, up to the next of the same or a higher level. */
export function section(page: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0
  const lines = page.split('\n')
  const start = lines.indexOf(heading)
  if (start < 0) throw new Error(`the page has no heading ${heading}`)
  const isNext = (line: string): boolean => /^#+ /.test(line) && line.indexOf(' ') <= level
  const length = lines.slice(start + 1).findIndex(isNext)
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length).join('\n')
}

/** The cells of every table row but headings and rulers, in order. */
export function rowsOf(page: string): string[][] {
  const rows = page.split('\n').map((line) => (line.startsWith('|') ? cellsOf(line) : undefined))
  return rows.flatMap((cells, at) => {
    const isHeading = rows[at + 1]?.every((cell) => /^:?-+:?$/.test(cell)) ?? false
    const isRuler = cells?.every((cell) => /^:?-+:?$/.test(cell)) ?? false
    return cells === undefined || isHeading || isRuler ? [] : [cells]
  })
}

function cellsOf(line: string): string[] {
  const cells = line.split(/(?<!\\)\|/).slice(1, -1)
  return cells.map((cell) => cell.replaceAll('\\|', '|').trim())
}

/** `` `a` `` → `a` */
export function bare(cell: string): string {
  return cell.replaceAll('`', '')
}

/** Fenced blocks hold no links. */
export function linksOf(page: string): string[] {
  const prose = page.replace(/^```[\s\S]*?^```$/gm, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => target ?? [])
}

/** The anchors that GitHub makes of a page's headings; equal ones are numbered. */
export function anchorsOf(page: string): string[] {
  const headings = page.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm)
  const anchors = [...headings].map(([, text = '']) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
  return anchors.map((anchor, at) => {
    const earlier = anchors.slice(0, at).filter((other) => other === anchor).length
    return earlier === 0 ? anchor : `${anchor}-${earlier}`
  })
}
