/** The samples of a scrape in Prometheus' text form, `name{labels}` → value. Throws where a line is none. */
export function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, sample, value] = /^([a-z_]+(?:\{[^}]*\})?) (\S+)$/.exec(line) ?? []
      if (sample === undefined || Number.isNaN(Number(value))) throw new Error(`no sample: ${line}`)
      return [sample, Number(value)]
    }),
  )
}
