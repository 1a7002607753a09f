import { readFile } from 'node:fs/promises'
import { expect, test } from '@jest/globals'
import { z } from 'zod'
import { formatDuration } from '../../../src/config/duration.js'
import { settingsJsonSchema, watchlistJsonSchema } from '../../../src/config/json-schema.js'
import { RETRY_SCHEDULE } from '../../../src/domain/retry.js'
import { TRIGGERS } from '../../../src/domain/route.js'
import { KINDS, load } from './fixture.js'

const PAGE = 'docs/configuration.md'
const ENV = { NORTHFLANK_API_TOKEN: 'x', HOOK_SECRET: 'y', STAGING_TOKEN: 'z', LOG_LEVEL: '' }

/** What of the shape of a JSON Schema is needed here. */
interface Shape {
  readonly properties?: Record<string, Shape> | undefined
  readonly additionalProperties?: Shape | boolean | undefined
  readonly items?: Shape | undefined
}
const shapeSchema: z.ZodType<Shape> = z.lazy(() =>
  z.object({
    properties: z.record(z.string(), shapeSchema).optional(),
    additionalProperties: z.union([z.boolean(), shapeSchema]).optional(),
    items: shapeSchema.optional(),
  }),
)

/** `accounts.<name>.token`, `watches[].project`: every key that is no map or list of maps itself. */
function keysOf(shape: Shape, path = ''): string[] {
  const { properties, additionalProperties, items } = shape
  if (properties) {
    const prefix = path === '' ? '' : `${path}.`
    return Object.entries(properties).flatMap(([key, inner]) => keysOf(inner, `${prefix}${key}`))
  }
  if (typeof additionalProperties === 'object') return keysOf(additionalProperties, `${path}.<name>`)
  return items?.properties ? keysOf(items, `${path}[]`) : [path]
}

async function blocksOf(page: string, kind: string): Promise<string[]> {
  const text = await readFile(page, 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`yaml ${kind}\\n(.*?)\`\`\``, 'gs'))].map(
    ([, block]) => block ?? '',
  )
}

test('the page names every key of settings and watchlists', async () => {
  const page = await readFile(PAGE, 'utf8')
  const schemas = [settingsJsonSchema(KINDS), watchlistJsonSchema()].map((schema) =>
    shapeSchema.parse(schema),
  )
  const keys = schemas.flatMap((schema) => keysOf(schema)).filter((key) => !key.startsWith('notifiers'))
  expect(keys.length).toBeGreaterThan(25)
  expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([])
})

test('the page names every word that a route can wait for, and the schedule of retries', async () => {
  const page = await readFile(PAGE, 'utf8')
  const words = [...TRIGGERS, `[${RETRY_SCHEDULE.map(formatDuration).join(', ')}]`]
  expect(words.filter((word) => !page.includes(`\`${word}\``))).toEqual([])
})

test('every example of settings on the page is right', async () => {
  const problems: string[] = []
  for (const block of await blocksOf(PAGE, 'settings')) {
    problems.push(...(await load({ 'settings.yaml': block }, ENV)).problems)
  }
  expect(problems).toEqual([])
})

test('the example of a watchlist on the page goes with that of the settings', async () => {
  const [settings = ''] = await blocksOf(PAGE, 'settings')
  const [watchlist = ''] = await blocksOf(PAGE, 'watchlist')
  const { problems, result } = await load(
    { 'settings.yaml': settings, 'watchlists/shop.yaml': watchlist },
    ENV,
  )
  expect(problems).toEqual([])
  expect(result.ok && result.configuration.watches.map(({ kind }) => kind)).toEqual(['feed', 'feed', 'build'])
})
