/** Examples of the commands that program.ts names itself. */
import type { Example } from './examples.js'

export const EXAMPLES = {
  run: [
    { does: 'with the settings that ship', line: 'NORTHFLANK_API_TOKEN=… buildwatchd run' },
    {
      does: 'with settings and a log elsewhere',
      line: 'buildwatchd run -c /etc/buildwatchd/buildwatchd.yaml 2>daemon.log',
    },
  ],
  validate: [
    { does: 'all that is wrong, with its place', line: 'buildwatchd validate' },
    {
      does: 'have a daemon read its files anew only when they are good',
      line: 'buildwatchd validate -c config/buildwatchd.yaml && systemctl reload buildwatchd',
    },
  ],
  status: [
    { does: 'all that the daemons have left in Redis', line: 'buildwatchd status' },
    {
      does: 'the lines that are red',
      line: `buildwatchd status -o json | jq '.lines[] | select(.result == "failed")'`,
    },
  ],
  health: [
    { does: 'for scripts and containers', line: 'buildwatchd health && echo alive' },
    {
      does: 'since when each daemon has had its files',
      line: "buildwatchd health -o json | jq -r '.daemons[].configuration.loadedAt'",
    },
  ],
  schema: [
    {
      does: 'for editors that check YAML',
      line: 'buildwatchd schema settings >buildwatchd.schema.json',
    },
    { does: 'what readers of Redis and webhooks get', line: 'buildwatchd schema event' },
  ],
  plan: [
    { does: 'by the builds that Redis knows', line: 'buildwatchd plan' },
    {
      does: 'a check for CI: within the budget, and 95 of 100 ends seen within a minute',
      line: 'buildwatchd plan --history builds.csv --fail-over-budget --max-p95 60',
    },
    {
      does: 'the watches that are told late',
      line: "buildwatchd plan -o json | jq '.accounts[].watches[] | select(.p95DelayS > 60) | .target'",
    },
  ],
  simulate: [
    {
      does: 'an API an hour of which takes a minute, with one build',
      line: 'buildwatchd simulate --time-scale 60 --build shop/jobs/web/b-1',
    },
    {
      does: 'builds that come by themselves',
      line: 'buildwatchd simulate --time-scale 300 --arrivals shop/jobs/web,perHour=3,branch=main',
    },
  ],
  demo: [{ does: 'needs no Redis, token or network', line: 'buildwatchd demo' }],
} satisfies Record<string, readonly Example[]>
