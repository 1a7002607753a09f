import { describe, expect, test } from '@jest/globals'
import { BASE, configurationOf, type Refusal, testRefusals } from './fixture.js'

const NIGHT = { cron: '* 22-6 * * *', timezone: 'UTC', instead: 'later', except: [] }
const QUIET = 'quiet_hours: { schedule: "* 22-6 * * *" }'

async function routesOf(text: string): Promise<unknown> {
  return (await configurationOf({ 'settings.yaml': BASE + text })).notify
}

describe('a route', () => {
  test('may say which branches, from which failure on, how often, in which words and when not', async () => {
    const routes = await routesOf(`notify:
  - to: console
    on: [broke, fixed, broke]
    branches: [main, "!release/old-*"]
    after: 2
    once_per: line
    template: "{{ event.subject }}"
    quiet_hours: { schedule: "* 22-6 * * MON", timezone: Europe/Berlin, then: drop, except: [gone, gone] }
`)
    expect(routes).toEqual([
      {
        to: 'console',
        on: ['broke', 'fixed'],
        branches: ['main', '!release/old-*'],
        after: 2,
        oncePer: 'line',
        template: '{{ event.subject }}',
        quietHours: { cron: '* 22-6 * * mon', timezone: 'Europe/Berlin', instead: 'drop', except: ['gone'] },
      },
    ])
  })

  test('has the quiet hours by default, those of its own instead, or none', async () => {
    const routes = await routesOf(`${QUIET}
notify: [console, { to: console }, { to: console, quiet_hours: false }, { to: console, quiet_hours: { schedule: "* 1 * * *" } }]
`)
    const route = { to: 'console', on: ['concluded'] }
    expect(routes).toEqual([
      { ...route, quietHours: NIGHT },
      { ...route, quietHours: NIGHT },
      route,
      { ...route, quietHours: { ...NIGHT, cron: '* 1 * * *' } },
    ])
  })

  test('has them in a watch too, and in the digest, which has a schedule of its own, it has none', async () => {
    const { watches, digestSchedule } = await configurationOf({
      'settings.yaml': `${BASE}${QUIET}\ndigest: { notify: [console] }\nwatches: [{ project: p, job: j, notify: [console] }]\n`,
    })
    expect(watches[0]?.routes).toEqual([{ to: 'console', on: ['concluded'], quietHours: NIGHT }])
    expect(digestSchedule?.routes).toEqual([{ to: 'console', on: ['digest'] }])
  })
})

const TRIGGERS =
  'success, failure, crashed, submission_failure, aborted, unknown, first_passed, first_failed, broke, still_failing, fixed, still_passing, started, transitioned, concluded, stuck, unreachable, unauthorized, forbidden, throttled, gone, stale, abandoned, recovered'
const notify = (text: string) => `${BASE}notify: [{ to: console, ${text} }]\n`

const refusals: readonly Refusal[] = [
  {
    what: 'a count of failures where no failure is asked for',
    yaml: notify('on: [success, stuck], after: 2'),
    says: [
      '3:47: notify[0].after: counts failures, and `on` asks for none; add a word such as broke or failure to `on`, or leave it out',
    ],
  },
  {
    what: 'a count that is none',
    yaml: notify('on: [broke], after: 0'),
    says: ['3:45: notify[0].after: 0 is no number of failures; write 1 to 1000'],
  },
  {
    what: 'what nothing can be told once per',
    yaml: notify('once_per: 1h'),
    says: ['3:35: notify[0].once_per: "1h" is not known; known are: build, line'],
  },
  {
    what: 'branches that are no list, and none',
    yaml: `${BASE}notify: [{ to: console, branches: main }, { to: console, branches: [] }]\n`,
    says: [
      '3:35: notify[0].branches: "main" is no list; write it as a list: ["main"]',
      '3:68: notify[1].branches: is empty; name branches, or leave it out to tell of every one',
    ],
  },
  {
    what: 'a template without a word',
    yaml: notify('template: ""'),
    says: [
      '3:35: notify[0].template: is empty; write a Liquid template, or leave it out for the words of the notifier',
    ],
  },
  {
    what: 'quiet hours that say nothing',
    yaml: notify('quiet_hours: true'),
    says: [
      '3:38: notify[0].quiet_hours: true is not known; write a map such as { schedule: "* 22-6 * * *" }, or false for never quiet',
    ],
  },
  {
    what: 'quiet hours without a schedule',
    yaml: `${BASE}quiet_hours: { then: drop }\n`,
    says: ['3:1: quiet_hours.schedule: is missing; write a text'],
  },
  {
    what: 'quiet hours that never end',
    yaml: `${BASE}quiet_hours: { schedule: "* * * * *" }\n`,
    says: [
      '3:26: quiet_hours.schedule: "* * * * *" never ends; write when it is to be quiet, such as "* 22-6 * * *"',
    ],
  },
  {
    what: 'quiet hours of a route in a zone that there is not',
    yaml: notify('quiet_hours: { schedule: "* 22-6 * * *", timezone: Europe/Berlni }'),
    says: [
      '3:76: notify[0].quiet_hours.timezone: "Europe/Berlni" is no time zone; did you mean Europe/Berlin?',
    ],
  },
  {
    what: 'an exception from quiet hours that is no word of routes',
    yaml: `${BASE}quiet_hours: { schedule: "* 22-6 * * *", except: [broken] }\n`,
    says: [
      `3:51: quiet_hours.except[0]: "broken" is nothing a route can wait for; did you mean broke? (known are: ${TRIGGERS})`,
    ],
  },
  {
    what: 'an unknown key of a route',
    yaml: notify('afer: 2'),
    says: [
      '3:25: notify[0].afer: is no known key; did you mean after? (known are: to, on, branches, after, once_per, template, quiet_hours)',
    ],
  },
]

describe('the settings refuse, of routes,', () => testRefusals(refusals))
