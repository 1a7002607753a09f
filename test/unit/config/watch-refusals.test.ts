import { describe, expect, test } from '@jest/globals'
import { BASE, load, type Refusal, testRefusals } from './fixture.js'

/** Watches start on the fourth line of the settings file. */
const watches = (...entries: string[]) =>
  `${BASE}watches:\n${entries.map((entry) => `  - { ${entry} }\n`).join('')}`
const SLUG = 'write the id as the Northflank URL shows it'
const QUOTE = 'write a text, in quotes if it reads like something else'

const ids: readonly Refusal[] = [
  {
    what: 'a short commit id that YAML reads as infinity',
    yaml: watches('project: p, job: j, build: 12e5678'),
    says: ['4:34: watches[0].build: 12e5678 is read as a number; put it in quotes: "12e5678"'],
  },
  {
    what: 'a number with a zero in front',
    yaml: watches('project: p, job: 0123, build: b'),
    says: ['4:24: watches[0].job: 0123 is read as a number; put it in quotes: "0123"'],
  },
  {
    what: 'a decimal whose last zero YAML forgets',
    yaml: watches('project: p, service: 1.10, build: b'),
    says: ['4:28: watches[0].service: 1.10 is read as a number; put it in quotes: "1.10"'],
  },
  {
    what: 'a truth value',
    yaml: watches('project: true, job: j, build: b'),
    says: ['4:16: watches[0].project: true is read as a truth value; put it in quotes: "true"'],
  },
  {
    what: 'null',
    yaml: watches('project: null, job: j, build: b'),
    says: [`4:16: watches[0].project: null is read as nothing; ${QUOTE}`],
  },
  {
    what: 'nothing after the colon',
    yaml: watches('project: p, job: j, build:'),
    says: [`4:34: watches[0].build: is empty; ${QUOTE}`],
  },
  {
    what: 'an empty text',
    yaml: watches('project: p, job: j, build: ""'),
    says: [`4:34: watches[0].build: "" is no id; ${SLUG}`],
  },
  {
    what: 'segments that walk up a path',
    yaml: watches('team: .., project: "..", job: ".", build: b'),
    says: [
      `4:13: watches[0].team: ".." is no id; ${SLUG}`,
      `4:26: watches[0].project: ".." is no id; ${SLUG}`,
      `4:37: watches[0].job: "." is no id; ${SLUG}`,
    ],
  },
  {
    what: 'a slash',
    yaml: watches('project: p, job: j, build: a/b'),
    says: ['4:34: watches[0].build: "a/b" holds a slash; write the id alone, not a path or URL'],
  },
  {
    what: 'a control character',
    yaml: watches('project: p, job: "a\\tb", build: b'),
    says: [`4:24: watches[0].job: "a\\tb" holds a control character; ${SLUG}`],
  },
  {
    what: 'half a character',
    yaml: watches('project: p, job: "\\uD800", build: b'),
    says: [`4:24: watches[0].job: "\\ud800" holds a control character; ${SLUG}`],
  },
  {
    what: 'more than 200 characters',
    yaml: watches(`project: p, job: j, build: ${'x'.repeat(201)}`),
    says: ['4:34: watches[0].build: is longer than 200 characters; write the id alone'],
  },
]

const entries: readonly Refusal[] = [
  {
    what: 'a text in place of the watch',
    yaml: `${BASE}watches: [joyous-view-6290]\n`,
    says: ['3:11: watches[0]: "joyous-view-6290" is no map; write "key: value" lines below it'],
  },
  {
    what: 'one watch where a list belongs',
    yaml: `${BASE}watches: { project: p }\n`,
    says: ['3:10: watches: a map is no list; write [one, another], or one "- item" a line'],
  },
  {
    what: 'no project',
    yaml: watches('job: j, build: b'),
    says: [
      '4:5: watches[0].project: is missing; write the id of the project, such as project: default-project',
    ],
  },
  {
    what: 'neither job nor service',
    yaml: watches('project: p, build: b'),
    says: ['4:5: watches[0]: names neither job nor service; name the one to watch, such as job: nightly'],
  },
  {
    what: 'job and service',
    yaml: watches('project: p, job: j, service: s, build: b'),
    says: [
      '4:27: watches[0].service: job and service both stand here; keep one, and write a watch of its own for the other',
    ],
  },
  {
    what: 'an unknown key',
    yaml: watches('project: p, jobs: j, job: j, build: b'),
    says: [
      '4:19: watches[0].jobs: is no known key; did you mean job? (known are: project, team, job, service, build, branches, pull_requests, since, catch_up, schedule, timezone, account, notify, min_interval, max_interval, timeout, weight)',
    ],
  },
  {
    what: 'a weight beyond all measure',
    yaml: watches('project: p, job: j, weight: 400'),
    says: [
      '4:35: watches[0].weight: 400 is no weight; write a number from 0.1 to 100, 1 being that of other watches',
    ],
  },
  {
    what: 'an account that does not exist',
    yaml: watches('project: p, job: j, build: b, account: defualt'),
    says: [
      '4:46: watches[0].account: no account is called defualt; did you mean default? (known are: default)',
    ],
  },
  {
    what: 'a notifier that does not exist, in either form of a route',
    yaml: watches('project: p, job: j, build: b, notify: [consoel, { to: pager }]'),
    says: [
      '4:46: watches[0].notify[0]: no notifier is called consoel; did you mean console? (known are: console)',
      '4:61: watches[0].notify[1].to: no notifier is called pager; known are: console',
    ],
  },
  {
    what: 'an interval that crosses one of the settings',
    yaml: watches('project: p, job: j, build: b, min_interval: 2h'),
    says: [
      '4:51: watches[0].min_interval: 2h is above the max_interval of 1h; lower it, or set a higher max_interval too',
    ],
  },
  {
    what: 'everything that is wrong with one watch at once',
    yaml: watches('project: p, service: s, job: 1, account: x, notify: [y], timeout: 1'),
    says: [
      '4:19: watches[0].service: job and service both stand here; keep one, and write a watch of its own for the other',
      '4:36: watches[0].job: 1 is read as a number; put it in quotes: "1"',
      '4:48: watches[0].account: no account is called x; known are: default',
      '4:60: watches[0].notify[0]: no notifier is called y; known are: console',
      '4:73: watches[0].timeout: 1 has no unit; write a whole number and a unit, such as 500ms, 2s, 5m, 24h or 7d',
    ],
  },
]

describe('a watchlist refuses, as an id,', () => testRefusals(ids))
describe('a watchlist refuses', () => testRefusals(entries))

test('watches of several accounts must each name theirs where none is called default', async () => {
  const { problems } = await load({
    'settings.yaml':
      'accounts: { a: { token: "${TOKEN}" }, b: { token: "${TOKEN}" } }\nwatches:\n  - { project: p, job: j, build: b }\n',
  })
  expect(problems).toEqual([
    'settings.yaml:3:5: watches[0].account: is missing, and no account is called default; name one of: a, b',
  ])
})
