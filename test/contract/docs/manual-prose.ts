/** What docs/cli.md says of a command in words, for its page of the manual: paragraphs and lists, without code and tables. */

/** The paragraphs of the section that shows the command's help, each on one line; a point of a list begins with `- `. */
export function proseOf(page: string, command: string): string[] {
  const sections = page.split(/^(?=## )/m)
  const section = sections.find((text) => text.includes(`\`\`\`text ${command} --help\n`)) ?? ''
  return section
    .replaceAll(/^```[\s\S]*?^```$/gm, '\n')
    .split(/\n{2,}|\n(?=- )/)
    .map((paragraph) => plain(paragraph.replaceAll(/\s+/g, ' ').trim()))
    .filter((paragraph) => paragraph !== '' && !/^[#|]/.test(paragraph))
}

/** Links as their words. What leads over to code or a table, which are not here, goes with them. */
function plain(paragraph: string): string {
  return paragraph
    .replaceAll(/\(\[[^\]]*\]\([^)]*\)\.?\)\s*/g, '')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/(\*{1,2})([^*\s][^*]*)\1/g, '$2')
    .replace(/(?:^|(?<=\.) )[^.]*:$/, '')
    .trim()
}
