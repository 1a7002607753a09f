import { describe } from '@jest/globals'
import { BASE, type Refusal, testRefusals } from './fixture.js'

const KNOWN =
  'redis, accounts, polling, engine, deliveries, retention, stuck, messages, digest, notifiers, notify, quiet_hours, watchlists, watches, http, log'
const UNIT = 'write a whole number and a unit, such as 500ms, 2s, 5m, 24h or 7d'
const TRIGGERS =
  'success, failure, crashed, submission_failure, aborted, unknown, first_passed, first_failed, broke, still_failing, fixed, still_passing, started, transitioned, concluded, stuck, unreachable, unauthorized, forbidden, throttled, gone, stale, abandoned, recovered'

const refusals: Record<string, readonly Refusal[]> = {
  'the file as a whole': [
    {
      what: 'nothing in it',
      yaml: '# nothing\n',
      says: [
        '1:1: is empty; write settings such as accounts: { default: { token: "${NORTHFLANK_API_TOKEN}" } }',
      ],
    },
    {
      what: 'a list',
      yaml: '- a\n',
      says: ['1:1: a list is no map; write "key: value" lines below it'],
    },
    {
      what: 'an unknown key',
      yaml: `${BASE}poling: {}\n`,
      says: [`3:1: poling: is no known key; did you mean polling? (known are: ${KNOWN})`],
    },
    {
      what: 'a key that every object of JavaScript has',
      yaml: `${BASE}constructor: {}\n`,
      says: [`3:1: constructor: is no known key; known are: ${KNOWN}`],
    },
  ],
  redis: [
    {
      what: 'a URL of another protocol, without showing it',
      yaml: `${BASE}redis: { url: "http://:s3cret@host" }\n`,
      says: ['3:15: redis.url: is no Redis URL; write embedded, redis://host:6379 or rediss://host:6379'],
    },
    {
      what: 'a database that is no number',
      yaml: `${BASE}redis: { url: "redis://host:6379/main" }\n`,
      says: ['3:15: redis.url: has a path that is no database; write its number after the slash, or nothing'],
    },
    {
      what: 'a password with a percent sign that means nothing, without showing it',
      yaml: `${BASE}redis: { url: "redis://:50%off@host:6379" }\n`,
      says: ['3:15: redis.url: holds a % that starts no escape; write a percent sign as %25'],
    },
    {
      what: 'a prefix with a blank',
      yaml: `${BASE}redis: { prefix: "A b" }\n`,
      says: [
        '3:18: redis.prefix: "A b" is no prefix; write small letters, digits, hyphens and underscores, such as buildwatch',
      ],
    },
    {
      what: 'a port out of range',
      yaml: `${BASE}redis: { port: 65536 }\n`,
      says: ['3:16: redis.port: 65536 is no port; write 0 to 65535'],
    },
    {
      what: 'a port out of range from the environment, without showing what came from there',
      yaml: `${BASE}redis: { port: "\${HIGH_PORT}" }\n`,
      says: ['3:16: redis.port: ${HIGH_PORT} is no port; write 0 to 65535'],
    },
    {
      what: 'a port from the environment that is no number',
      yaml: `${BASE}redis: { port: "\${MAYBE}" }\n`,
      says: ['3:16: redis.port: the value of "${MAYBE}" is no number; write a number without quotes'],
    },
    {
      what: 'a number in quotes',
      yaml: `${BASE}redis: { port: "6399" }\n`,
      says: ['3:16: redis.port: "6399" is no number; write a number without quotes'],
    },
    {
      what: 'a text in place of the map',
      yaml: `${BASE}redis: embedded\n`,
      says: ['3:8: redis: "embedded" is no map; write "key: value" lines below it'],
    },
  ],
  polling: [
    {
      what: 'intervals and a deadline out of their limits',
      yaml: `${BASE}polling: { min_interval: 50ms, max_interval: 8d, timeout: 1h }\n`,
      says: [
        '3:26: polling.min_interval: 50ms is too short; write at least 100ms',
        '3:46: polling.max_interval: 8d is too long; write at most 7d',
        '3:59: polling.timeout: 1h is too long; write at most 10m',
      ],
    },
    {
      what: 'a duration without a unit',
      yaml: `${BASE}polling: { timeout: 15 }\n`,
      says: [`3:21: polling.timeout: 15 has no unit; ${UNIT}`],
    },
    {
      what: 'a duration with a blank in it',
      yaml: `${BASE}polling: { timeout: 2 s }\n`,
      says: [`3:21: polling.timeout: "2 s" is no duration; ${UNIT}`],
    },
    {
      what: 'intervals the wrong way round',
      yaml: `${BASE}polling: { min_interval: 5s, max_interval: 3s }\n`,
      says: [
        '3:26: polling.min_interval: 5s is above the max_interval of 3s; lower it, or set a higher max_interval too',
      ],
    },
    {
      what: 'an interval that cannot be read, and no other for its sake',
      yaml: `${BASE}polling: { min_interval: 10 s, max_interval: 1s }\n`,
      says: [`3:26: polling.min_interval: "10 s" is no duration; ${UNIT}`],
    },
    {
      what: 'a longest interval below the default of the shortest',
      yaml: `${BASE}polling: { max_interval: 1s }\n`,
      says: [
        '3:26: polling.max_interval: 1s is below the min_interval of 2s; raise it, or set a lower min_interval too',
      ],
    },
  ],
  'engine and deliveries': [
    {
      what: 'a lease out of its limits',
      yaml: `${BASE}engine: { lease: 6m }\n`,
      says: ['3:18: engine.lease: 6m is out of range; write 1s to 5m'],
    },
    {
      what: 'every pause that is too long',
      yaml: `${BASE}deliveries: { retry_schedule: [8d, 1s, 9d] }\n`,
      says: [
        '3:32: deliveries.retry_schedule[0]: 8d is too long; write at most 7d',
        '3:40: deliveries.retry_schedule[2]: 9d is too long; write at most 7d',
      ],
    },
  ],
  'routes, http and log': [
    {
      what: 'a default route to a notifier that does not exist',
      yaml: `${BASE}notify: [consol]\n`,
      says: ['3:10: notify[0]: no notifier is called consol; did you mean console? (known are: console)'],
    },
    {
      what: 'an unknown trigger',
      yaml: `${BASE}notify: [{ to: console, on: [sucess] }]\n`,
      says: [
        `3:30: notify[0].on[0]: "sucess" is nothing a route can wait for; did you mean success? (known are: ${TRIGGERS})`,
      ],
    },
    {
      what: 'the digest as a trigger',
      yaml: `${BASE}notify: [{ to: console, on: [digest] }]\n`,
      says: [
        '3:30: notify[0].on[0]: "digest" is not told by routes; name who gets the digest in the settings, as digest: { notify: [console] }',
      ],
    },
    {
      what: 'no trigger at all',
      yaml: `${BASE}notify: [{ to: console, on: [] }]\n`,
      says: ['3:29: notify[0].on: is empty; name what to tell, or leave `on` out for [concluded]'],
    },
    {
      what: 'a route without its notifier',
      yaml: `${BASE}notify: [{ on: [success] }]\n`,
      says: ['3:10: notify[0].to: is missing; write a text'],
    },
    {
      what: 'routes that are no list',
      yaml: `${BASE}notify: console\n`,
      says: ['3:9: notify: "console" is no list; write it as a list: ["console"]'],
    },
    {
      what: 'a port that is a text',
      yaml: `${BASE}http: { port: http }\n`,
      says: ['3:15: http.port: "http" is no number; write a number without quotes'],
    },
    {
      what: 'a level and a format that do not exist',
      yaml: `${BASE}log: { level: verbose, format: text }\n`,
      says: [
        '3:15: log.level: "verbose" is not known; known are: debug, info, warn, error',
        '3:32: log.format: "text" is not known; known are: auto, words, json',
      ],
    },
  ],
}

for (const [part, cases] of Object.entries(refusals)) {
  describe(`the settings refuse, in ${part},`, () => testRefusals(cases))
}
