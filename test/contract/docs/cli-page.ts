/** The parts of docs/cli.md that are made of what the program has: help texts and the tables of codes and variables. */
import { ENVIRONMENT } from '../../../src/cli/environment.js'
import { EXIT_MEANINGS } from '../../../src/cli/exit-codes.js'
import { captured } from '../../unit/cli/captured.js'
import { fencesOf } from './markdown.js'

/** Info strings of the blocks that hold what a command prints about itself: `text buildwatchd run --help`. */
const HELP_INFO = /^text buildwatchd( .*)? --help$/

/** The page with these parts as they are now. */
export async function freshCliPage(page: string): Promise<string> {
  let fresh = page
  for (const { info, content } of fencesOf(page).filter((block) => HELP_INFO.test(block.info))) {
    const { stdout } = await captured(info.split(' ').slice(2))
    fresh = fresh.replace(`\`\`\`${info}\n${content}\`\`\``, () => `\`\`\`${info}\n${stdout}\`\`\``)
  }
  const codes = EXIT_MEANINGS.map(({ code, says, note, elsewhere = {} }) => {
    return [String(code), says, [note ?? [], meaningsElsewhere(elsewhere)].flat().join('; ')]
  })
  fresh = withRows(fresh, '## Exit codes', codes)
  return withRows(
    fresh,
    '## Environment',
    ENVIRONMENT.map(({ name, says }) => [`\`${name}\``, says]),
  )
}

/** Commands that mean the same by it together: `` `get job build`, `get service build`: … `` */
function meaningsElsewhere(elsewhere: Readonly<Record<string, string>>): string[] {
  const meanings = [...new Set(Object.values(elsewhere))]
  return meanings.map((meaning) => {
    const commands = Object.keys(elsewhere).filter((command) => elsewhere[command] === meaning)
    return `${commands.map((command) => `\`${command}\``).join(', ')}: ${meaning}`
  })
}

/** The first table below the heading, with other rows below its own head. */
function withRows(page: string, heading: string, rows: readonly (readonly string[])[]): string {
  const lines = page.split('\n')
  const ruler = lines.findIndex((line, at) => at > lines.indexOf(heading) && line.startsWith('|---'))
  const length = lines.slice(ruler + 1).findIndex((line) => !line.startsWith('|'))
  const cells = rows.map((row) => `| ${row.join(' | ')} |`.replaceAll('|  |', '| |'))
  return lines.toSpliced(ruler + 1, length, ...cells).join('\n')
}
