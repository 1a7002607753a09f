/** Templates: what they can say, what they can never do, and how what is wrong with one is told. */
import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { safeText } from '../../../src/domain/safe-text.js'
import { escapeHtml } from '../../../src/notify/email-message.js'
import { checkTemplate, type Escape, ownText } from '../../../src/notify/template.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleEvent,
} from '../../support/notifier-contract-events.js'

const FAILED = sampleEvent({ outcome: 'failure', durationMs: 252_000 })
const asItIs: Escape = (text) => text

function textOf(template: string, escape: Escape = asItIs, event = FAILED as (typeof GOLDEN_EVENTS)[string]) {
  return ownText({ event, together: [], briefing: { logLines: ['last'] } }, template, escape)
}

describe('a template', () => {
  it.each([
    ['{{ event.data.build.branch }} {{ message.words }}', 'release/2.4 failed after 4 min 12 s'],
    ['{% for fact in message.facts %}{{ fact.name }};{% endfor %}', 'Branch;Commit;Message;Took;'],
    ['{% if event.data.outcome == "failure" %}{{ briefing.logLines | last }}{% endif %}', 'last'],
    ['{{ events.size }} {{ events[0].subject | split: "/" | last }}', '1 brave-lion-7312'],
    ['{% assign sha = event.data.build.sha | slice: 0, 7 %}{{ sha | upcase }}', '262F6FB'],
    ['{{ event.data.build.pullRequestId }}{{ nothing.at.all }}.', '.'],
    ['{{ event.time | date: "%H:%M %Z" }}', '10:16 +0000'],
    [
      '{{ event.data.detectedAfterMs | default: "?" }} {{ message.facts[0] }}',
      '? {"name":"Branch","value":"release/2.4"}',
    ],
  ])('says %s', async (template, text) => {
    expect(await textOf(template)).toBe(text)
  })

  it('of the route goes before that of the notifier', async () => {
    const occasion = { event: FAILED, together: [], briefing: {}, template: 'route' }
    expect(await ownText(occasion, 'notifier', asItIs)).toBe('route')
    expect(
      await ownText({ ...occasion, together: [FAILED, FAILED], template: '{{ events.size }}' }, 'x', asItIs),
    ).toBe('2')
  })

  it('that says nothing, or is not there, leaves the word to the default message', async () => {
    expect(await textOf('{% if event.data.outcome == "success" %}passed{% endif %}\n')).toBeUndefined()
    expect(await ownText({ event: FAILED, together: [], briefing: {} }, undefined, asItIs)).toBeUndefined()
  })

  it('is escaped in what it interpolates, and left as it stands in its own text', async () => {
    const event = sampleEvent({ outcome: 'failure' }, { branch: '<b>&' })
    expect(await textOf('<i>{{ event.data.build.branch }}</i>', escapeHtml, event)).toBe(
      '<i>&lt;b&gt;&amp;</i>',
    )
  })
})

describe('what a template can never do', () => {
  it.each([
    ['{% include "package.json" %}', 'tag "include" not found'],
    ['{% render "package.json" %}', 'tag "render" not found'],
    ['{% layout "package.json" %}', 'tag "layout" not found'],
    ['{% block x %}{% endblock %}', 'tag "block" not found'],
    ['{% capture x %}{% endcapture %}', 'tag "capture" not found'],
    ['{{ event.subject | raw }}', 'undefined filter: raw'],
    ['{{ event.subject | url_decode }}', 'undefined filter: url_decode'],
  ])('is to use %s', async (template, fault) => {
    expect(checkTemplate(template)).toContain(fault)
    expect(await textOf(template)).toBe(
      `${FAILED.subject} failed after 4 min 12 s\n(the template of the notifier cannot be rendered: ${fault} (line 1, column 1))`,
    )
  })

  const REACHES = [
    'constructor',
    '__proto__',
    'prototype',
    'toString',
    'hasOwnProperty',
    'env',
    'process',
    'require',
  ]
  const HOLDERS = [
    'event',
    'events',
    'briefing',
    'message',
    'event.data.build',
    'events[0]',
    'event.subject',
    'nothing',
  ]

  it('is to reach a prototype, a function or the process, by whatever path', async () => {
    const filters = REACHES.map(
      (name) => `{{ events | map: "${name}" | join }}{{ events | where: "${name}" | size }}`,
    )
    const paths = HOLDERS.flatMap((holder) =>
      REACHES.map((name) => `{{ ${holder}.${name} }}{{ ${holder}["${name}"]["${name}"] }}`),
    )
    const bare = REACHES.map((name) => `{{ ${name} }}{{ ${name}.env }}`)
    const text = await textOf(`[${[...paths, ...bare].join('')}]${filters.join('')}`)
    expect(text).toBe(`[]${'0'.repeat(REACHES.length)}`)
  })

  it('is to change what others share', async () => {
    const event = structuredClone(FAILED)
    await textOf('{% assign __proto__ = "x" %}{% increment polluted %}{{ event.data }}', asItIs, event)
    expect(event).toEqual(FAILED)
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(await textOf('[{{ polluted }}]')).toBe('[]')
  })

  it.each([
    [
      'endless loops',
      '{% for i in (1..9999) %}{% for j in (1..9999) %}{% assign x = i %}{% endfor %}{% endfor %}',
      'than',
    ],
    ['endless lists', '{% for i in (1..1000000000) %}{% endfor %}', 'more memory'],
    [
      'texts that double',
      '{% assign a = "xxxxxxxx" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}',
      'more memory',
    ],
    [
      'replacements of replacements',
      `{{ "${'x'.repeat(900)}" | replace: "x", "${'y'.repeat(900)}" }}`,
      'more memory',
    ],
    ['a wide date', '{{ "2026-03-04" | date: "%100000000Y" }}', 'more memory'],
  ])('is to take all time or memory: %s', async (_, template, fault) => {
    const begin = performance.now()
    expect(await textOf(template)).toMatch(
      new RegExp(`^\\S+ failed after .*\\n.*cannot be rendered.*${fault}`),
    )
    expect(performance.now() - begin).toBeLessThan(5000)
  })
})

describe('a text that is too long', () => {
  it.each([
    ['what it interpolates', '{% for i in (1..5000) %}{{ message.words }}{% endfor %}'],
    ['its own text', `{% for i in (1..5000) %}${'x'.repeat(5000)}{% endfor %}`],
  ])('by %s is refused with the settings, and cut where it is told', async (_, template) => {
    expect(checkTemplate(template)).toContain('its text is longer than 20000 characters')
    const text = (await textOf(template)) ?? ''
    expect(text.length).toBeGreaterThan(14_000)
    expect(text.length).toBeLessThanOrEqual(20_001)
    expect(text).toMatch(/…$/)
  })

  it.each(['\u0001', '\n', 'a*', '\u{e0001}'])(
    'by a commit message full of %j is told all the same, with what stands after it',
    async (sign) => {
      const event = sampleEvent({ outcome: 'failure' }, { message: sign.repeat(8192 / sign.length) })
      for (const escape of [safeText, escapeHtml]) {
        const text =
          (await textOf('{{ event.data.build.message }} | {{ message.words }}', escape, event)) ?? ''
        expect(text.length).toBeLessThanOrEqual(20_001)
        expect(text).toContain('| failed')
      }
    },
  )
})

/** A service whose escape and parser are those of a standard: what comes out must be what went in. */
const SERVICES: readonly { name: string; escape: Escape; read: (text: string) => string }[] = [
  {
    name: 'JSON strings',
    escape: (text) => JSON.stringify(text).slice(1, -1),
    read: (text) => {
      const { said, after } = JSON.parse(text)
      expect(after).toBe('ours')
      return said
    },
  },
  {
    name: 'HTML attributes',
    escape: escapeHtml,
    read: (text) => {
      const [, said] = /^<a title="([^"<>]*)" data-after="ours">$/.exec(text) ?? []
      if (said === undefined) throw new Error(`no tag of its own: ${text}`)
      const references: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
      return said.replace(/&(#?\w+);/g, (_, name: string) => references[name] ?? '')
    },
  },
]
const TEMPLATES: Readonly<Record<string, (path: string) => string>> = {
  'JSON strings': (path) => `{"said":"{{ ${path} }}","after":"ours"}`,
  'HTML attributes': (path) => `<a title="{{ ${path} }}" data-after="ours">`,
}
const PATHS = ['branch', 'sha', 'message', 'status', 'createdAt'].map((field) => `event.data.build.${field}`)
const EMITTED = [
  (path: string) => path,
  (path: string) => `${path} | append: ""`,
  (path: string) => `${path} | upcase | downcase`,
  (path: string) => `${path} | url_encode`,
]

describe.each(SERVICES)('what a template interpolates into $name', ({ name, escape, read }) => {
  it('never leaves the place that it was given, whatever others wrote, through whatever filter', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(...HOSTILE_TEXTS.map((each) => each.slice(0, 300))),
      fc.string({
        unit: fc.constantFrom('"', '\\', "'", '<', '>', '&', ';', '{', '}', '%', '|', '\n', '\u2028'),
      }),
    )
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom(...PATHS),
        fc.constantFrom(...EMITTED),
        async (foreign, path, emitted) => {
          const [event] = hostileEvents(foreign)
          const template = TEMPLATES[name]?.(emitted(path)) ?? ''
          const said = read((await textOf(template, escape, event)) ?? '')
          if (emitted === EMITTED[0]) expect(said).toBe(foreign.replace(/\p{Cs}/gu, '\ufffd'))
        },
      ),
      { numRuns: 300 },
    )
  })
})
