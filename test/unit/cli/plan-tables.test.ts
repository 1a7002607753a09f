import { expect, it } from '@jest/globals'
import type { NamedPlan } from '../../../src/app/plan.js'
import { planTables } from '../../../src/cli/plan-tables.js'

const PLAN: NamedPlan = {
  account: 'default',
  limit: 1000,
  reserve: 100,
  budgetPerHour: 900,
  requestsPerHour: 402.4,
  leastPerHour: 3,
  hours: 24,
  fits: true,
  cures: [],
  watches: [
    {
      target: 'shop/jobs/web',
      history: 100,
      buildsPerHour: 0.625,
      usualS: 316,
      requestsPerHour: 164.2,
      meanDelayS: 1.23,
      p95DelayS: 75,
    },
    { target: 'shop/jobs/new', history: 0, buildsPerHour: 2, requestsPerHour: 90 },
  ],
}

const told = (...accounts: NamedPlan[]): string[] =>
  planTables({ strategy: 'learned', history: 'Redis', assumedBuildsPerHour: 2, accounts }).split('\n')

it('says what each watch costs and how late it tells', () => {
  expect(told(PLAN)).toEqual([
    'HISTORY: Redis; of jobs of which nothing is known 2 builds an hour are assumed',
    '',
    'ACCOUNT default: fits, 402 of 900 requests an hour are expected. 1000 requests an hour less a reserve of 100',
    '  TARGET         KNOWN  BUILDS    USUALLY     REQUESTS  SEEN AFTER  95 % WITHIN',
    '  shop/jobs/web  100    0.63 / h  5 min 16 s  164 / h   1.2 s       1 min 15 s',
    '  shop/jobs/new  0      2 / h                 90 / h    none ended  none ended',
    '  (learned; 24 h played through once, so that chance has its part)',
    '',
  ])
})

it('says what would make it fit, and of an account without watches that it has none', () => {
  const lines = told({ ...PLAN, fits: false, cures: ['watch less'], watches: [] })
  expect(lines[2]).toContain('ACCOUNT default: DOES NOT FIT, it asks for 402 of 900 requests an hour.')
  expect(lines.slice(3)).toEqual([
    '  any one of these would make it fit:',
    '    watch less',
    '  nothing is watched',
    '',
  ])
})

it('cuts long lists, and says so', () => {
  const watches = Array.from({ length: 130 }, (_, nth) => ({ ...PLAN.watches[0]!, target: `job-${nth}` }))
  expect(told({ ...PLAN, watches })).toContain('  … and 30 more: plan -o json')
})
