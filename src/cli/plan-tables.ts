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
  const { account, budgetPerHour, limit, reserve, requestsPerHour, hours, watches } = plan
  const verdict = plan.fits ? 'fits' : 'DOES NOT FIT'
  return [
    `ACCOUNT ${account}: ${verdict}. ${perHour(budgetPerHour)} (${number(limit)} less a reserve of ${number(reserve)}); ${perHour(requestsPerHour)} expected, ${perHour(plan.leastPerHour)} at least`,
    ...plan.cures.map((cure) => `  to make it fit: ${cure}`),
    ...(watches.length === 0 ? ['  nothing is watched'] : watchLines(watches)),
    ...(watches.length === 0 ? [] : [`  (${strategy}, ${number(hours)} h played through)`]),
  ]
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
