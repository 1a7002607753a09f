/** The facts of `plan` for people: what each account has and needs, what each watch costs and how late it tells. */
import type { NamedPlan, PlanFacts, WatchPlan } from '../app/plan.js'
import { durationWords } from '../domain/duration-words.js'
import { columns } from './columns.js'

export function planTables(facts: PlanFacts): string {
  const lines = [
    `HISTORY: ${facts.history}; of jobs of which nothing is known ${number(facts.assumedBuildsPerHour)} builds an hour are assumed`,
    ...facts.accounts.flatMap((account) => ['', ...accountLines(account, facts)]),
  ]
  return `${lines.join('\n')}\n`
}

function accountLines(plan: NamedPlan, { strategy }: PlanFacts): string[] {
  const { account, limit, reserve, hours, watches } = plan
  return [
    `ACCOUNT ${account}: ${verdictOf(plan)}. ${number(limit)} requests an hour less a reserve of ${number(reserve)}`,
    ...(plan.cures.length === 0 ? [] : ['  any one of these would make it fit:']),
    ...plan.cures.map((cure) => `    ${cure}`),
    ...(watches.length === 0
      ? ['  nothing is watched']
      : [
          ...watchLines(watches),
          `  (${strategy}; ${number(hours)} h played through once, so that chance has its part)`,
        ]),
  ]
}

function verdictOf({ fits, budgetPerHour, requestsPerHour, leastPerHour }: NamedPlan): string {
  const budget = `${number(budgetPerHour)} requests an hour`
  if (fits) return `fits, ${number(requestsPerHour)} of ${budget} are expected`
  return leastPerHour > budgetPerHour
    ? `DOES NOT FIT, the longest pauses alone take ${number(leastPerHour)} of ${budget}`
    : `DOES NOT FIT, it asks for ${number(requestsPerHour)} of ${budget}`
}

const NAMES = ['TARGET', 'KNOWN', 'BUILDS', 'USUALLY', 'REQUESTS', 'SEEN AFTER', '95 % WITHIN']
const MOST_ROWS = 100

function watchLines(watches: readonly WatchPlan[]): string[] {
  const rows = watches
    .slice(0, MOST_ROWS)
    .map(({ target, history, buildsPerHour, usualS, requestsPerHour, meanDelayS, p95DelayS }) => [
      target,
      String(history),
      perHour(buildsPerHour),
      usualS === undefined ? '' : durationWords(usualS * 1000),
      perHour(requestsPerHour),
      seconds(meanDelayS),
      seconds(p95DelayS),
    ])
  const more = watches.length - MOST_ROWS
  return [
    ...columns(NAMES, rows).map((line) => `  ${line}`),
    ...(more > 0 ? [`  … and ${more} more: plan -o json`] : []),
  ]
}

function perHour(value: number): string {
  return `${number(value)} / h`
}

function seconds(value: number | undefined): string {
  if (value === undefined) return 'none ended'
  return value < 60 ? `${number(value)} s` : durationWords(value * 1000)
}

function number(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)))
}
