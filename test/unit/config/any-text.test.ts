import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { loadConfiguration } from '../../../src/config/load-configuration.js'
import type { Problem } from '../../../src/config/problem.js'
import { BASE, ENV, folderOf, KINDS } from './fixture.js'

const WHOLE = `${BASE}redis: { url: "\${REDIS_URL:-embedded}", port: 0 }
polling: { min_interval: 1s, max_interval: 30s }
notify: [console, { to: console, on: [failure, broke, gone] }]
retention: { builds: 3d, max_events: 5000 }
stuck: { factor: 2.5 }
digest: { schedule: "0 8 * * 1-5", timezone: Europe/Berlin, notify: [console] }
watches:
  - { project: p, job: k, branches: [main, "!x/*"], pull_requests: only, since: 2026-11-01 }
  - { project: p, job: k, build: b, schedule: "*/5 8-18 * jan-jun *", timezone: Asia/Tokyo }
  - { project: p, job: j, build: b, min_interval: 2s }
  - project: q
    service: s
    build: "12e5678"
    notify: []
`

const INSERT = fc.constantFrom(
  ...'\n‖ ‖  ‖\t‖:‖: ‖- ‖[‖]‖{‖}‖,‖"‖\'‖#‖&a ‖*a‖!!str ‖!x ‖|‖>‖?‖---‖%YAML 1.1‖${‖${TOKEN}‖$${‖\0‖\uFEFF‖\uD800'.split(
    '‖',
  ),
  ...'\u2028‖é‖<<: *a‖null‖true‖1e999‖-1‖0x1‖__proto__: ‖constructor: ‖toString‖"\\uD800"‖[[[[‖{}'.split('‖'),
)

interface Edit {
  readonly at: number
  readonly remove: number
  readonly insert: string
}
const EDIT: fc.Arbitrary<Edit> = fc.record({ at: fc.nat(WHOLE.length), remove: fc.nat(6), insert: INSERT })

const WATCHES = WHOLE.slice(WHOLE.indexOf('watches:'))

function edited(whole: string): fc.Arbitrary<string> {
  return fc
    .array(EDIT, { minLength: 1, maxLength: 5 })
    .map((edits) =>
      edits.reduce(
        (text, { at, remove, insert }) => text.slice(0, at) + insert + text.slice(at + remove),
        whole,
      ),
    )
}

const TEXTS = {
  'random text': fc.string({ unit: 'binary', maxLength: 80 }),
  'random pieces of YAML': fc.array(INSERT, { maxLength: 30 }).map((pieces) => pieces.join('')),
  'an edited configuration': edited(WHOLE),
}

/** Outside of the file, or badly said. */
function isMisplaced(text: string, { line, column, message }: Problem): boolean {
  const lines = text.replace(/^\uFEFF/, '').split('\n')
  const width = lines[line - 1]?.length
  return (
    width === undefined ||
    column < 1 ||
    column > width + 1 ||
    message === '' ||
    /\{(quoted|absent)\}/.test(message)
  )
}

describe('the loader answers, and every problem has a place inside the file, for', () => {
  test.each(Object.entries(TEXTS))('%s', async (_, texts) => {
    const file = join(await folderOf({}), 'settings.yaml')
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        await writeFile(file, text)
        const written = await readFile(file, 'utf8')
        const result = await loadConfiguration(file, { env: ENV, notifierKinds: KINDS })
        const problems = [...(result.ok ? [] : result.problems), ...result.warnings]
        expect(result.ok || result.problems.length > 0).toBe(true)
        expect(problems.filter((problem) => isMisplaced(written, problem))).toEqual([])
      }),
      { numRuns: 300 },
    )
  })
})

describe('a watchlist that is any text, beside a good one, takes nothing from that', () => {
  test.each(Object.entries({ ...TEXTS, 'an edited watchlist': edited(WATCHES) }))('%s', async (_, texts) => {
    const folder = await folderOf({
      'settings.yaml': `${BASE}watchlists: [any.yaml, good.yaml]\n`,
      'good.yaml': WATCHES,
    })
    const [settings, any] = [join(folder, 'settings.yaml'), join(folder, 'any.yaml')]
    const lastGood = new Map([[join(folder, 'good.yaml'), WATCHES]])
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        await writeFile(any, text)
        const result = await loadConfiguration(settings, { env: ENV, notifierKinds: KINDS, lastGood })
        if (!result.ok) throw new Error('refused')
        const { badFiles, watches } = result.configuration
        expect(badFiles.has(any)).toBe(result.refused.length > 0)
        expect([...badFiles.keys()].filter((path) => path !== any)).toEqual([])
        expect(watches.length >= 4 && result.texts.get(join(folder, 'good.yaml'))).toBe(WATCHES)
      }),
      { numRuns: 120 },
    )
  })
})

describe('a watchlist of 256 KiB', () => {
  const builds = (index: number) =>
    `  - project: shop-${index}\n    job: nightly\n    build: joyous-view-${index}\n    notify: [console, { to: console, on: [success, failure] }]\n`
  const feeds = (index: number) =>
    `  - project: shop-${index}\n    job: nightly\n    branches: [main, release/*]\n    schedule: '* 8-18 * * 1-5'\n    timezone: Europe/Berlin\n`

  /** Ms of processor time: what runs beside this one must not count. */
  async function load(text: string): Promise<number> {
    const folder = await folderOf({ 'settings.yaml': `${BASE}watchlists: [big.yaml]\n`, 'big.yaml': text })
    const before = process.cpuUsage()
    const result = await loadConfiguration(join(folder, 'settings.yaml'), { env: ENV, notifierKinds: KINDS })
    expect(result.ok && result.configuration.watches.length > 2000).toBe(true)
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  }

  test.each([
    ['builds', builds],
    ['whole jobs', feeds],
  ])('of %s is validated in 250 ms', async (_, watch) => {
    let text = 'watches:\n'
    for (let index = 0; text.length < 256 * 1024 - 150; index++) text += watch(index)
    const tookMs: number[] = []
    while (tookMs.length < 3 || (tookMs.length < 12 && Math.min(...tookMs) > 250)) {
      tookMs.push(Math.round(await load(text)))
    }
    process.stderr.write(`${text.length} bytes validated in ${tookMs.join(', ')} ms\n`)
    // The best run: the first ones are those of code that is not compiled yet.
    expect(Math.min(...tookMs)).toBeLessThanOrEqual(250)
  })
})
