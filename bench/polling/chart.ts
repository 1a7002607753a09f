/** Mean detection latency against requests per build, both on logarithmic axes, as an SVG without scripts or fonts of its own. */
export interface Curve {
  readonly name: string
  readonly colour: string
  readonly points: readonly (readonly [requests: number, latencyS: number])[]
  /** Unconnected points, each with its label. */
  readonly labels?: readonly string[]
}

const [WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM] = [760, 460, 70, 40, 200, 50]

export function chartOf(title: string, curves: readonly Curve[]): string {
  const points = curves.flatMap(({ points }) => points)
  const x = axis(
    points.map(([requests]) => requests),
    [LEFT, WIDTH - RIGHT],
  )
  const y = axis(
    points.map(([, latency]) => latency),
    [HEIGHT - BOTTOM, TOP],
  )
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" role="img" aria-label="${escape(title)}">`,
    `<rect width="100%" height="100%" fill="white"/><text x="${LEFT}" y="22" font-size="14">${escape(title)}</text>`,
    ...x.ticks.map((tick) => vertical(x.place(tick), tick)),
    ...y.ticks.map((tick) => horizontal(y.place(tick), tick)),
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 12}" text-anchor="middle">requests per build</text>`,
    `<text transform="translate(18 ${HEIGHT / 2}) rotate(-90)" text-anchor="middle">mean detection latency, s</text>`,
    ...curves.flatMap((curve, index) =>
      curveOf(curve, index, (point) => [x.place(point[0]), y.place(point[1])]),
    ),
    '</svg>',
  ]
  return `${parts.join('\n')}\n`
}

function curveOf(
  { name, colour, points, labels }: Curve,
  index: number,
  place: (point: readonly [number, number]) => [number, number],
): string[] {
  const placed = points.map(place)
  const path = placed.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
  const legendY = TOP + 12 + index * 20
  return [
    ...(labels ? [] : [`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`]),
    ...placed.map(([x, y]) => `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" fill="${colour}"/>`),
    ...(labels ?? []).map(
      (label, at) =>
        `<text x="${placed[at]![0] + 6}" y="${placed[at]![1] - 5}" font-size="10">${escape(label)}</text>`,
    ),
    `<circle cx="${WIDTH - RIGHT + 18}" cy="${legendY - 4}" r="5" fill="${colour}"/><text x="${WIDTH - RIGHT + 30}" y="${legendY}">${escape(name)}</text>`,
  ]
}

function axis(
  values: readonly number[],
  [from, to]: [number, number],
): { place: (value: number) => number; ticks: number[] } {
  const low = Math.log10(Math.max(0.01, Math.min(...values))) - 0.05
  const high = Math.log10(Math.max(0.02, ...values)) + 0.05
  const place = (value: number) =>
    from + ((Math.log10(Math.max(value, 0.01)) - low) / (high - low)) * (to - from)
  const ticks = [-2, -1, 0, 1, 2, 3, 4].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power))
  return { place, ticks: ticks.filter((tick) => Math.log10(tick) >= low && Math.log10(tick) <= high) }
}

function vertical(x: number, tick: number): string {
  return `<line x1="${x.toFixed(1)}" y1="${TOP}" x2="${x.toFixed(1)}" y2="${HEIGHT - BOTTOM}" stroke="#ddd"/><text x="${x.toFixed(1)}" y="${HEIGHT - BOTTOM + 16}" text-anchor="middle">${+tick.toPrecision(2)}</text>`
}

function horizontal(y: number, tick: number): string {
  return `<line x1="${LEFT}" y1="${y.toFixed(1)}" x2="${WIDTH - RIGHT}" y2="${y.toFixed(1)}" stroke="#ddd"/><text x="${LEFT - 6}" y="${(y + 4).toFixed(1)}" text-anchor="end">${+tick.toPrecision(2)}</text>`
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
