import { describe } from '@jest/globals'
import { BASE, type Refusal, testRefusals } from './fixture.js'

/** What is under test starts in column 27 of the fourth line. */
const feed = (entries: string) => `${BASE}watches:\n  - { project: p, job: j, ${entries} }\n`
const GLOB = 'write a name or pattern such as main, release/* or !release/old-*'
const INSTANT = 'write a date such as 2026-11-01, or an instant such as 2026-11-01T08:00:00Z'
const ONE_BUILD =
  'says nothing of a watch of one build; take it out, or take `build` out to watch every build of the job or service'

const branches: readonly Refusal[] = [
  {
    what: 'a text in place of the list',
    yaml: feed('branches: main'),
    says: ['4:37: watches[0].branches: "main" is no list; write it as a list: ["main"]'],
  },
  {
    what: 'an empty list',
    yaml: feed('branches: []'),
    says: ['4:37: watches[0].branches: is empty; name branches, or leave it out to watch every one'],
  },
  {
    what: 'texts that name none',
    yaml: feed('branches: ["", "!", main]'),
    says: [
      `4:38: watches[0].branches[0]: "" names no branch; ${GLOB}`,
      `4:42: watches[0].branches[1]: "!" names no branch; ${GLOB}`,
    ],
  },
  {
    what: 'a number',
    yaml: feed('branches: [1.10]'),
    says: ['4:38: watches[0].branches[0]: 1.10 is read as a number; put it in quotes: "1.10"'],
  },
  {
    what: 'what is taken away without quotes, which YAML takes for a tag',
    yaml: feed('branches: [main, !dev]'),
    says: [
      '4:48: watches[0].branches[1]: the tag !dev is not known; take it out, or put a text that starts with ! in quotes',
    ],
  },
  {
    what: 'a star without quotes, which YAML takes for an alias',
    yaml: feed('branches: [*-stable]'),
    says: [
      '4:38: watches[0].branches[0]: aliases (*name) are not read; write the value out, or put a text that starts with * in quotes',
    ],
  },
  {
    what: 'a control character',
    yaml: feed('branches: ["a\\tb"]'),
    says: [
      '4:38: watches[0].branches[0]: "a\\tb" holds a control character; write a name or pattern such as release/*',
    ],
  },
  {
    what: 'more than 255 characters',
    yaml: feed(`branches: [${'x'.repeat(256)}]`),
    says: ['4:38: watches[0].branches[0]: is longer than 255 characters; write a pattern such as release/*'],
  },
  {
    what: 'more than 100 of them',
    yaml: feed(`branches: [${'x, '.repeat(101)}]`),
    says: ['4:37: watches[0].branches: has more than 100 entries; join them with * and ?'],
  },
]

const others: readonly Refusal[] = [
  {
    what: 'another word for pull requests',
    yaml: feed('pull_requests: none'),
    says: ['4:42: watches[0].pull_requests: "none" is not known; write true, false or only'],
  },
  {
    what: 'a word for pull requests out of the environment, without showing it',
    yaml: feed('pull_requests: "${MAYBE}"'),
    says: ['4:42: watches[0].pull_requests: the value of "${MAYBE}" is not known; write true, false or only'],
  },
  {
    what: 'a since that is a year',
    yaml: feed('since: 2026'),
    says: [`4:34: watches[0].since: 2026 is no instant; ${INSTANT}`],
  },
  {
    what: 'a since with a blank for the T',
    yaml: feed('since: 2026-11-01 08:00'),
    says: [`4:34: watches[0].since: "2026-11-01 08:00" is no instant; ${INSTANT}`],
  },
  {
    what: 'a since on a day that there is not',
    yaml: feed('since: 2026-02-30'),
    says: [`4:34: watches[0].since: "2026-02-30" is no instant; ${INSTANT}`],
  },
  {
    what: 'a since in the future',
    yaml: feed('since: 2026-11-25T12:00:01Z'),
    says: [
      '4:34: watches[0].since: "2026-11-25T12:00:01Z" lies in the future; write an instant that has passed, or leave it out: what ends from now on is told anyway',
    ],
  },
  {
    what: 'a catch_up without a unit',
    yaml: feed('catch_up: 24'),
    says: [
      '4:37: watches[0].catch_up: 24 has no unit; write a whole number and a unit, such as 500ms, 2s, 5m, 24h or 7d',
    ],
  },
  {
    what: 'a catch_up as long as builds are kept, less an hour, naming both',
    yaml: `${feed('catch_up: 47h')}retention: { builds: 2d }\npolling: { catch_up: 0s }\n`,
    says: [
      '4:37: watches[0].catch_up: 47h is too long for the retention.builds of 2d, which must be more than an hour longer; shorten it, or raise retention.builds',
    ],
  },
  {
    what: 'in a watch of one build, all that is meant for a whole job',
    yaml: feed('build: b, branches: [main], pull_requests: true, since: 2026-01-01, catch_up: 1h'),
    says: [
      `4:37: watches[0].branches: ${ONE_BUILD}`,
      `4:55: watches[0].pull_requests: ${ONE_BUILD}`,
      `4:76: watches[0].since: ${ONE_BUILD}`,
      `4:95: watches[0].catch_up: ${ONE_BUILD}`,
    ],
  },
]

const UNDERSTOOD =
  'is not understood; write 0 to 59, a range such as 0-9, a step such as */5, a list of these, or *'
const FIVE =
  'has not five fields; write minute, hour, day of the month, month and day of the week, such as "* 8-18 * * 1-5"'

const schedules: readonly Refusal[] = [
  {
    what: 'six fields',
    yaml: feed('schedule: "0 * * * * *"'),
    says: [`4:37: watches[0].schedule: "0 * * * * *" ${FIVE}`],
  },
  {
    what: 'a nickname',
    yaml: feed('schedule: "@daily"'),
    says: [`4:37: watches[0].schedule: "@daily" ${FIVE}`],
  },
  {
    what: 'a minute that is none',
    yaml: feed('schedule: "x * * * *"'),
    says: [`4:37: watches[0].schedule: the minute in "x * * * *" ${UNDERSTOOD}`],
  },
  {
    what: 'an hour out of range',
    yaml: feed('schedule: "* 8-24 * * *"'),
    says: ['4:37: watches[0].schedule: the hour in "* 8-24 * * *" is out of range; write 0 to 23'],
  },
  {
    what: 'a month with a long name',
    yaml: feed('schedule: "* * * january *"'),
    says: [
      '4:37: watches[0].schedule: the month in "* * * january *" is not understood; write 1 to 12 or jan to dec, a range such as feb-jun, a step such as */5, a list of these, or *',
    ],
  },
  {
    what: 'a day of the week out of range',
    yaml: feed('schedule: "* * * * mon-8"'),
    says: [
      '4:37: watches[0].schedule: the day of the week in "* * * * mon-8" is out of range; write 0 to 7 or sun to sat',
    ],
  },
  {
    what: 'a step of nothing, and one of more than there is',
    yaml: `${BASE}watches:\n  - { project: p, job: j, schedule: "*/0 * * * *" }\n  - { project: p, job: k, schedule: "* */24 * * *" }\n`,
    says: [
      '4:37: watches[0].schedule: the minute in "*/0 * * * *" has a step out of range; write 1 to 59 after the slash',
      '5:37: watches[1].schedule: the hour in "* */24 * * *" has a step out of range; write 1 to 23 after the slash',
    ],
  },
  {
    what: 'a step without a range',
    yaml: feed('schedule: "5/10 * * * *"'),
    says: [
      '4:37: watches[0].schedule: the minute in "5/10 * * * *" has a step without a range; write one before the slash, or *',
    ],
  },
  {
    what: 'a day that never comes',
    yaml: feed('schedule: "* * 30 feb *"'),
    says: [
      '4:37: watches[0].schedule: "* * 30 feb *" never comes: no month that it names has such a day; write a day that there is',
    ],
  },
  {
    what: 'more than 200 characters',
    yaml: feed(`schedule: "${'0,'.repeat(100)}0 * * * *"`),
    says: [
      '4:37: watches[0].schedule: is longer than 200 characters; write five fields such as "* 8-18 * * 1-5"',
    ],
  },
  {
    what: 'a schedule out of the environment, without showing it',
    yaml: feed('schedule: "${MAYBE} * * * *"'),
    says: [`4:37: watches[0].schedule: the minute in the value of "\${MAYBE} * * * *" ${UNDERSTOOD}`],
  },
  {
    what: 'a time zone that is none',
    yaml: feed('schedule: "* * * * *", timezone: Mars/Olympus'),
    says: [
      '4:60: watches[0].timezone: "Mars/Olympus" is no time zone; write an IANA name such as Europe/Berlin',
    ],
  },
  {
    what: 'an offset in place of a time zone',
    yaml: feed('schedule: "* * * * *", timezone: "+02:00"'),
    says: ['4:60: watches[0].timezone: "+02:00" is no time zone; write an IANA name such as Europe/Berlin'],
  },
  {
    what: 'a city and a misspelt time zone, saying what was meant',
    yaml: `${BASE}watches:\n  - { project: p, job: j, schedule: "* * * * *", timezone: berlin }\n  - { project: p, job: k, schedule: "* * * * *", timezone: Europe/Berln }\n`,
    says: [
      '4:60: watches[0].timezone: "berlin" is no time zone; did you mean Europe/Berlin?',
      '5:60: watches[1].timezone: "Europe/Berln" is no time zone; did you mean Europe/Berlin?',
    ],
  },
  {
    what: 'a time zone out of the environment, without showing what it is like',
    yaml: feed('schedule: "* * * * *", timezone: "${ZONE:-berlin}"'),
    says: [
      '4:60: watches[0].timezone: the value of "${ZONE:-berlin}" is no time zone; write an IANA name such as Europe/Berlin',
    ],
  },
  {
    what: 'a time zone without a schedule',
    yaml: feed('timezone: UTC'),
    says: [
      '4:27: watches[0].timezone: stands without a schedule; write one, such as schedule: "* 8-18 * * 1-5", or leave it out',
    ],
  },
  {
    what: 'the same of one build',
    yaml: feed('build: b, schedule: "* * * *", timezone: nowhere'),
    says: [
      `4:47: watches[0].schedule: "* * * *" ${FIVE}`,
      '4:68: watches[0].timezone: "nowhere" is no time zone; write an IANA name such as Europe/Berlin',
    ],
  },
]

describe('a watch of a whole job refuses, as branches,', () => testRefusals(branches))
describe('a watch of a whole job refuses', () => testRefusals(others))
describe('a schedule refuses', () => testRefusals(schedules))
