import { expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { DELIVERY_RESULTS } from '../../../src/domain/delivery.js'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import { PROBE_REASONS } from '../../../src/domain/probe.js'
import { createScrape } from '../../../src/telemetry/scrape.js'
import { eventOf } from '../../unit/domain/fixtures.js'
import { bare, fence, fencesOf, readPage, rowsOf, section } from './markdown.js'

const PAGE = readPage('docs/metrics.md')
const DOCUMENTED = rowsOf(section(PAGE, '## Metrics')).map(([name = '', type, labels = '']) => ({
  name: bare(name),
  type,
  labels: bare(labels).split(' ').filter(Boolean),
}))

/** Everything that can be told has happened and is known. */
async function fullScrape(): Promise<string> {
  const scrape = createScrape({
    version: '1.2.3',
    names: () => ({ accounts: ['default'], notifiers: ['hook'] }),
    standing: async () => ({
      accounts: [
        {
          account: 'default',
          limit: 1000,
          remaining: 700,
          reserve: 100,
          spentByUs: 250,
          spentByOthers: 50,
          resetInMs: 1000,
          priceS: 1,
        },
      ],
      events: 1,
      deliveries: { pending: 1, dead: 1 },
    }),
  })
  const saw = { kind: 'seen', builds: 1, active: 0 } as const
  for (const why of PROBE_REASONS) scrape.meters.probed('default', { at: 0, why, requests: 1, saw })
  scrape.meters.recorded(eventOf({ status: 'SUCCESS', concluded: true, success: true }))
  scrape.meters.delivered('hook', 'accepted')
  return scrape.text()
}

/** Labels of one metric's samples; `le` is every histogram's. */
function labelsOf(name: string, text: string): string[] {
  const [, labels = ''] = new RegExp(`^${name}(?:_count)?(?:\\{([^}]*)\\})? `, 'm').exec(text) ?? []
  return [...labels.matchAll(/(\w+)="/g)].map(([, label = '']) => label)
}

it('docs/metrics.md lists exactly what is exposed, with type and labels', async () => {
  const text = await fullScrape()
  const exposed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type]) => ({
    name,
    type,
    labels: labelsOf(name, text),
  }))
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
  expect(DOCUMENTED.toSorted(byName)).toEqual(exposed.toSorted(byName))
})

it('its queries and alerts name no metric and no label value that is not exposed', async () => {
  const text = await fullScrape()
  const blocks = fencesOf(PAGE).filter(({ info }) => info === 'promql' || info === 'yaml alerts')
  const queries = blocks.map(({ content }) => content).join('\n')
  const used = [...queries.matchAll(/buildwatchd_[a-z_]+/g)].map(([name]) => name.replace(/_bucket$/, ''))
  const known = DOCUMENTED.map(({ name }) => name)
  expect(used.length).toBeGreaterThan(10)
  expect(used.filter((name) => !known.includes(name))).toEqual([])
  const selected = [...queries.matchAll(/\{(by|result)="(\w+)"\}/g)].map(([, label, value]) => [label, value])
  const values: Record<string, readonly string[]> = {
    by: ['us', 'others'],
    result: [...DELIVERY_RESULTS, 'seen', 'failed'],
  }
  expect(selected.filter(([label = '', value = '']) => !values[label]?.includes(value))).toEqual([])
  expect(OUTCOMES.filter((outcome) => !text.includes(`outcome="${outcome}"`))).toEqual([])
})

it('its alerts are YAML in which each has a name and an expression', () => {
  const { groups } = parse(fence(PAGE, 'yaml alerts'))
  const incomplete = groups[0].rules.filter((rule: object) => !('alert' in rule && 'expr' in rule))
  expect(groups[0].rules.length).toBeGreaterThan(3)
  expect(incomplete).toEqual([])
})
