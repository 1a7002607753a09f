import { describe, expect, test } from '@jest/globals'
import { BASE, loadSettings, type Refusal, testRefusals } from './fixture.js'

const retention: readonly Refusal[] = [
  {
    what: 'times out of their limits',
    yaml: `${BASE}retention: { builds: 23h, events: 59m, lines: 3651d }\n`,
    says: [
      '3:22: retention.builds: 23h is too short; write at least 1d',
      '3:35: retention.events: 59m is too short; write at least 1h',
      '3:47: retention.lines: 3651d is too long; write at most 3650d',
    ],
  },
  {
    what: 'builds and events for longer than ten years',
    yaml: `${BASE}retention: { builds: 3651d, events: 3651d, lines: 3650d }\n`,
    says: [
      '3:22: retention.builds: 3651d is too long; write at most 3650d',
      '3:37: retention.events: 3651d is too long; write at most 3650d',
    ],
  },
  {
    what: 'too few events',
    yaml: `${BASE}retention: { max_events: 999 }\n`,
    says: ['3:26: retention.max_events: 999 is too small; write at least 1000'],
  },
  {
    what: 'too many events',
    yaml: `${BASE}retention: { max_events: 1000001 }\n`,
    says: ['3:26: retention.max_events: 1000001 is too large; write at most 1000000'],
  },
  {
    what: 'a part of an event',
    yaml: `${BASE}retention: { max_events: 1000.5 }\n`,
    says: ['3:26: retention.max_events: 1000.5 is no whole number; write a whole number without quotes'],
  },
  {
    what: 'a number of days without a unit',
    yaml: `${BASE}retention: { builds: 30 }\n`,
    says: [
      '3:22: retention.builds: 30 has no unit; write a whole number and a unit, such as 500ms, 2s, 5m, 24h or 7d',
    ],
  },
  {
    what: 'lines that are forgotten before their builds',
    yaml: `${BASE}retention: { builds: 60d, lines: 59d }\n`,
    says: ['3:34: retention.lines: 59d is below the builds of 60d; write at least as much'],
  },
  {
    what: 'builds that are kept for longer than lines are by default',
    yaml: `${BASE}retention: { builds: 181d }\n`,
    says: ['3:22: retention.builds: 181d is above the lines of 180d; shorten it, or set longer lines too'],
  },
  {
    what: 'builds that are forgotten before the daemon has caught up, which it does by default',
    yaml: `${BASE}retention: { builds: 25h }\n`,
    says: [
      '3:22: retention.builds: 25h is too short for the polling.catch_up of 1d; write more than an hour longer, or shorten polling.catch_up',
    ],
  },
  {
    what: 'a catch_up for as long as builds are kept, naming both',
    yaml: `${BASE}polling: { catch_up: 719h }\n`,
    says: [
      '3:22: polling.catch_up: 719h is too long for the retention.builds of 30d, which must be more than an hour longer; shorten it, or raise retention.builds',
    ],
  },
  {
    what: 'a catch_up in words, and nothing of watches because of it',
    yaml: `${BASE}polling: { catch_up: always }\nwatches: [{ project: p, job: j, catch_up: 1h }]\n`,
    says: [
      '3:22: polling.catch_up: "always" is no duration; write a whole number and a unit, such as 500ms, 2s, 5m, 24h or 7d',
    ],
  },
  {
    what: 'an unknown key',
    yaml: `${BASE}retention: { build: 2d }\n`,
    says: [
      '3:14: retention.build: is no known key; did you mean builds? (known are: builds, events, max_events, lines)',
    ],
  },
]

const stuck: readonly Refusal[] = [
  {
    what: 'less than once the longest',
    yaml: `${BASE}stuck: { factor: 0.5 }\n`,
    says: ['3:18: stuck.factor: 0.5 is too small; write at least 1'],
  },
  {
    what: 'more than a thousand times the longest',
    yaml: `${BASE}stuck: { factor: 1001 }\n`,
    says: ['3:18: stuck.factor: 1001 is too large; write at most 1000'],
  },
  {
    what: 'times out of their limits',
    yaml: `${BASE}stuck: { at_least: 500ms, unschedulable: 8d }\n`,
    says: [
      '3:20: stuck.at_least: 500ms is too short; write at least 1s',
      '3:42: stuck.unschedulable: 8d is too long; write at most 7d',
    ],
  },
]

const digest: readonly Refusal[] = [
  {
    what: 'nobody who is told',
    yaml: `${BASE}digest: { schedule: "0 8 * * *" }\n`,
    says: ['3:1: digest.notify: is missing; name who is told, such as notify: [console]'],
  },
  {
    what: 'a list of nobody',
    yaml: `${BASE}digest: { notify: [] }\n`,
    says: ['3:19: digest.notify: is empty; name who is told, or leave `digest` out'],
  },
  {
    what: 'a name in place of the list',
    yaml: `${BASE}digest: { notify: console }\n`,
    says: ['3:19: digest.notify: "console" is no list; write it as a list: ["console"]'],
  },
  {
    what: 'a notifier that does not exist',
    yaml: `${BASE}digest: { notify: [console, consol] }\n`,
    says: [
      '3:29: digest.notify[1]: no notifier is called consol; did you mean console? (known are: console)',
    ],
  },
  {
    what: 'a route in place of a name',
    yaml: `${BASE}digest: { notify: [{ to: console }] }\n`,
    says: ['3:20: digest.notify[0]: a map is no text; write a text'],
  },
  {
    what: 'a schedule and a time zone that are none',
    yaml: `${BASE}digest: { schedule: "0 8 * *", timezone: Berlin, notify: [console] }\n`,
    says: [
      '3:21: digest.schedule: "0 8 * *" has not five fields; write minute, hour, day of the month, month and day of the week, such as "* 8-18 * * 1-5"',
      '3:42: digest.timezone: "Berlin" is no time zone; did you mean Europe/Berlin?',
    ],
  },
  {
    what: 'a text in place of the map',
    yaml: `${BASE}digest: daily\n`,
    says: ['3:9: digest: "daily" is no map; write "key: value" lines below it'],
  },
]

describe('the settings refuse, of retention,', () => testRefusals(retention))
describe('the settings refuse, of stuck builds,', () => testRefusals(stuck))
describe('the settings refuse, of the digest,', () => testRefusals(digest))

test.each([
  'retention: { builds: 1d, events: 1h, max_events: 1000, lines: 1d }\npolling: { catch_up: 22h }',
  'retention: { builds: 3650d, events: 3650d, max_events: 1000000, lines: 3650d }',
  'stuck: { factor: 1, at_least: 1s, unschedulable: 1s }',
  'stuck: { factor: 1000, at_least: 7d, unschedulable: 7d }',
])('what lies on a limit is right: %s', async (yaml) => {
  const { problems } = await loadSettings(`${BASE}${yaml}\n`)
  expect(problems).toEqual([])
})
