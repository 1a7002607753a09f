import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from '@jest/globals'
import { NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { REPOSITORY, readPage } from './markdown.js'
import { cardOf } from './notifier-cards.js'
import { picture } from './notifier-picture.js'
import { type Sample, sampleOf } from './notifier-samples.js'
import { picturesOf, withKinds } from './notifiers-page.js'

const PAGE = 'docs/notifiers.md'
const PICTURES = `${REPOSITORY}docs/notifiers/`

let samples: readonly Sample[]

/** `UPDATE_DOCS=1 npm run jest -- test/contract/docs/notifiers.test.ts` writes page and pictures. */
function update(): void {
  writeFileSync(`${REPOSITORY}${PAGE}`, withKinds(readPage(PAGE), samples))
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
    expect(page).toBe(withKinds(page, samples))
  })

  it('shows the picture of each kind as it is drawn, and no others', () => {
    const drawn = picturesOf(samples)
    for (const [name, svg] of drawn) expect(readFileSync(`${PICTURES}${name}`, 'utf8')).toBe(svg)
    expect(readdirSync(PICTURES).toSorted()).toEqual([...drawn.keys()].toSorted())
  })
})
