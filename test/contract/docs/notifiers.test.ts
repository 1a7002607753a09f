import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { durationWords } from '../../../src/domain/duration-words.js'
import { RETRY_SCHEDULE } from '../../../src/domain/retry.js'
import { NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { fencesOf, REPOSITORY, readPage } from './markdown.js'
import { cardOf } from './notifier-cards.js'
import { picture } from './notifier-picture.js'
import { notifiersIn, type Sample, sampleOf } from './notifier-samples.js'
import { picturesOf, regenerated } from './notifiers-page.js'

const PAGE = 'docs/notifiers.md'
const PICTURES = `${REPOSITORY}docs/notifiers/`

let samples: readonly Sample[]

/** `UPDATE_DOCS=1 npm run jest -- test/contract/docs/notifiers.test.ts` writes page and pictures. */
function update(): void {
  writeFileSync(`${REPOSITORY}${PAGE}`, regenerated(readPage(PAGE), samples))
  mkdirSync(PICTURES, { recursive: true })
  for (const [name, svg] of picturesOf(samples)) writeFileSync(`${PICTURES}${name}`, svg)
}

beforeAll(async () => {
  samples = await Promise.all(NOTIFIER_KINDS.map(sampleOf))
  if (process.env['UPDATE_DOCS'] === '1') update()
})

describe(PAGE, () => {
  it('says of each kind what the registry says, and shows what it sends', () => {
    const page = readPage(PAGE)
    expect(page).toBe(regenerated(page, samples))
  })

  it('shows the picture of each kind as it is drawn, and no others', () => {
    const drawn = picturesOf(samples)
    for (const [name, svg] of drawn) expect(readFileSync(`${PICTURES}${name}`, 'utf8')).toBe(svg)
    expect(readdirSync(PICTURES).toSorted()).toEqual([...drawn.keys()].toSorted())
  })

  it('gives examples that are valid settings', async () => {
    const examples = fencesOf(readPage(PAGE)).filter(({ info }) => info === 'yaml notifiers')
    const problems = await Promise.all(examples.map(({ content }) => problemsOf(content)))
    expect(problems.flat()).toEqual([])
    expect(examples.length).toBeGreaterThan(NOTIFIER_KINDS.length)
  })

  it('says when deliveries are tried again', () => {
    const [first, ...others] = RETRY_SCHEDULE.map(durationWords)
    const words = `the second after ${first}, then after ${others.slice(0, -1).join(', ')} and ${others.at(-1)}`
    expect(readPage(PAGE).replaceAll(/\s+/g, ' ')).toContain(words)
  })
})

/** Every variable is set. */
async function problemsOf(settings: string): Promise<readonly string[]> {
  const variables = [...settings.matchAll(/\$\{(\w+)\}/g)].flatMap(([, name]) => name ?? [])
  const env = Object.fromEntries(variables.map((name) => [name, 'https://example.com']))
  return (await notifiersIn(settings, env)).problems
}

const HOSTILE = '</text><script>alert("&amp;")</script>\u0000\ud800]]>'

describe('a picture', () => {
  it.each([
    ['a line', (text: string) => text],
    ['a document', (text: string) => JSON.stringify({ anything: text })],
    ['a title and a body', (text: string) => JSON.stringify({ title: text, body: text, type: text })],
    ['a state', (text: string) => JSON.stringify({ state: text, context: text, description: text })],
    [
      'an incident',
      (text: string) => JSON.stringify({ event_action: text, payload: { summary: text, severity: text } }),
    ],
  ])('is drawn of nothing but its own elements, whatever it says (%s)', (_, bodyOf) => {
    const svg = picture(HOSTILE, [cardOf(bodyOf(HOSTILE))])
    const elements = new Set([...svg.matchAll(/<\/?([^\s>/]*)/g)].map(([, name]) => name))
    expect(
      [...elements].filter((name) => !['svg', 'title', 'rect', 'circle', 'text'].includes(name ?? '')),
    ).toEqual([])
    expect(svg).not.toMatch(/\p{Cs}|&(?!(?:amp|lt|gt|quot);)/u)
    expect(svg).not.toContain('\u0000')
  })

  it('shows what its reader sees: the tone by its colour, the title, each fact', () => {
    const status = { state: 'failure', context: 'builds/main', description: 'broke the line' }
    const svg = picture('a status', [cardOf(JSON.stringify(status))])
    for (const text of ['builds/main', 'broke the line', '#da3633']) expect(svg).toContain(text)
  })

  it('breaks long texts into lines that fit', () => {
    const card = cardOf('word '.repeat(200))
    const lines = [...picture('a text', [card]).matchAll(/<text[^>]*>([^<]*)</g)].map(([, line = '']) => line)
    expect(lines.length).toBeGreaterThan(10)
    for (const line of lines) expect(line.length).toBeLessThan(95)
  })
})
