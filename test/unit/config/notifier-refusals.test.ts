import { describe } from '@jest/globals'
import { testRefusals } from './fixture.js'

const notifier = (entries: string) =>
  `accounts: { default: { token: "\${TOKEN}" } }\nnotifiers:\n  hook: ${entries}\n`
const HOOK = 'type: webhook, url: "https://example.com"'

describe('the settings refuse, of notifiers,', () => {
  testRefusals([
    {
      what: 'an unknown kind',
      yaml: notifier('{ type: webhok }'),
      says: [
        '3:17: notifiers.hook.type: "webhok" is no kind of notifier; did you mean webhook? (known are: log, webhook)',
      ],
    },
    {
      what: 'no kind',
      yaml: notifier('{ url: x }'),
      says: ['3:3: notifiers.hook.type: is missing; known are: log, webhook'],
    },
    {
      what: 'a kind that is a number',
      yaml: notifier('{ type: 5 }'),
      says: ['3:17: notifiers.hook.type: is no text; known are: log, webhook'],
    },
    {
      what: 'a kind in place of the notifier',
      yaml: notifier('log'),
      says: ['3:9: notifiers.hook: is no notifier; write a map such as { type: log }'],
    },
    {
      what: 'nothing in place of the notifier',
      yaml: notifier(''),
      says: ['3:9: notifiers.hook: is no notifier; write a map such as { type: log }'],
    },
    {
      what: 'an option and a secret that are missing',
      yaml: notifier('{ type: webhook }'),
      says: [
        '3:3: notifiers.hook.url: is missing; write a text',
        '3:3: notifiers.hook.secret: is missing; write secret: "${NAME}", secret_file with a path, or unsigned: true',
      ],
    },
    {
      what: 'an option that is no URL',
      yaml: notifier('{ type: webhook, url: here, unsigned: true }'),
      says: ['3:31: notifiers.hook.url: "here" is no URL; write one such as https://example.com/path'],
    },
    {
      what: 'an option out of its limits',
      yaml: notifier(`{ ${HOOK}, unsigned: true, tries: 9 }`),
      says: ['3:77: notifiers.hook.tries: 9 is too large; write at most 5'],
    },
    {
      what: 'a word that an option does not know',
      yaml: notifier('{ type: log, format: jsn }'),
      says: ['3:30: notifiers.hook.format: "jsn" is not known; did you mean json? (known are: words, json)'],
    },
    {
      what: 'a truth value from the environment that is none',
      yaml: notifier(`{ ${HOOK}, secret: "\${HOOK_SECRET}", allow_private: "\${MAYBE}" }`),
      says: [
        '3:95: notifiers.hook.allow_private: the value of "${MAYBE}" is no truth value; write true or false, without quotes',
      ],
    },
    {
      what: 'a misspelt secret, without showing it',
      yaml: notifier(`{ ${HOOK}, unsigned: true, secert: whsec_abc }`),
      says: [
        '3:70: notifiers.hook.secert: is no known key; did you mean secret? (known are: url, unsigned, allow_private, tries, type, concurrency, rate_limit, group, secret, secret_file)',
      ],
    },
    {
      what: 'a pace that is none',
      yaml: notifier('{ type: log, concurrency: 65, rate_limit: fast, group: 2h }'),
      says: [
        '3:35: notifiers.hook.concurrency: 65 is no number of deliveries at a time; write 1 to 64',
        '3:51: notifiers.hook.rate_limit: "fast" is no rate; write deliveries and a span, such as 1/s, 30/1m or 500/h',
        '3:64: notifiers.hook.group: 2h is too long; write at most 1h',
      ],
    },
    {
      what: 'a file that is not there',
      yaml: notifier('{ type: ./own.js }'),
      says: [
        '3:17: notifiers.hook.type: "./own.js" is no kind of notifier; there is no such file beside the settings',
      ],
    },
    {
      what: 'a plug-in that cannot be used',
      yaml: notifier('{ type: ./broken.js }'),
      says: ['3:17: notifiers.hook.type: "./broken.js" cannot be used: it does not parse'],
    },
    {
      what: 'what a plug-in says of its options, at their places',
      yaml: notifier('{ type: ./moody.js, mood: sour }'),
      says: ['3:35: notifiers.hook.mood: is no mood; write sunny'],
    },
    {
      what: 'both forms of a secret',
      yaml: notifier(`{ ${HOOK}, secret: "\${HOOK_SECRET}", secret_file: /x }`),
      says: [
        '3:80: notifiers.hook.secret_file: secret and secret_file both say where the secret is; keep one of them',
      ],
    },
  ])
})
