/** The page about the client: its table of differences is that of the comparison, its example runs. */
import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.js'
import { DIFFERENCES } from '../northflank/official-differences.js'
import { type Consumer, startConsumer } from './consumer-process.js'
import { fence, REPOSITORY, readPage, rowsOf, section } from './markdown.js'

const HEADING = '## Differences from the official client'
const ROWS = DIFFERENCES.map(({ what, they, we, why }) => [what, they, we, why])

let simulator: Simulator
let running: Consumer[]

beforeEach(async () => {
  running = []
  const builds = ['slow-fox-0', 'quick-fox-1', 'new-fox-2'].map((build, at) => ({
    ref: { project: 'shop', kind: 'jobs' as const, resource: 'nightly', build },
    branch: 'main',
    startsInMs: at * 1000 - 60_000,
    steps: [{ status: 'BUILDING', forMs: 1000 }],
    end: { status: 'SUCCESS', success: true },
  }))
  simulator = await startSimulator({ builds, tokens: ['a-token'] })
})

afterEach(async () => {
  await Promise.all(running.map((consumer) => consumer.stop()))
  await simulator.stop()
})

function runExample(token: string): Consumer {
  const env = { NORTHFLANK_API_TOKEN: token, NORTHFLANK_API_URL: simulator.url }
  const consumer = startConsumer({
    runner: 'node',
    source: fence(readPage('docs/sdk.md'), 'js builds.mjs'),
    env,
  })
  running.push(consumer)
  return consumer
}

/** `UPDATE_DOCS=1 npm run jest -- test/contract/docs/sdk.test.ts` writes the table into the page. */
it('docs/sdk.md names each difference from the official client, and no other', () => {
  const page = readPage('docs/sdk.md')
  const table = section(page, HEADING)
  if (process.env['UPDATE_DOCS'] === '1') {
    const [ruler = ''] = /^\|[-|]+\|$/m.exec(table) ?? []
    const kept = table.slice(0, table.indexOf(ruler) + ruler.length)
    const rows = ROWS.map((cells) => `| ${cells.join(' | ')} |`)
    writeFileSync(`${REPOSITORY}docs/sdk.md`, page.replace(table, [kept, ...rows, ''].join('\n')))
  }
  expect(rowsOf(section(readPage('docs/sdk.md'), HEADING))).toEqual(ROWS)
})

it('its example prints a build, what is left of the hour, and the builds down to that one', async () => {
  const example = runExample('a-token')
  expect(await example.exitCode).toBe(0)
  expect(example.stdout()).toBe(
    'quick-fox-1 SUCCESS has ended\n999 of 1000 requests left\nnew-fox-2 main\nquick-fox-1 main\n',
  )
})

it('its example tells what is left where the API refuses, and ends with the error of the list', async () => {
  simulator.fault({ kind: 'forbidden' })
  const example = runExample('a-token')
  expect(await example.exitCode).toBe(1)
  expect(example.stdout()).toBe('999 of 1000 requests left\n')
})
