import { describe, expect, it } from '@jest/globals'
import { checkTemplate, createTemplateCheck, templateOption } from '../../../src/notify/template.js'

describe('the check of a template', () => {
  it('finds nothing wrong with one that every event can fill', () => {
    expect(checkTemplate('{{ event.data.build.branch }}: {{ message.words }}')).toBeUndefined()
    expect(templateOption.safeParse('{{ message.words }}').success).toBe(true)
    expect(templateOption.safeParse(undefined).success).toBe(true)
  })

  it.each([
    ['{{ x', 'output "{{ x" not closed (line 1, column 1)'],
    ['one\n  {% for %}', 'illegal tag: {% for %} (line 2, column 3)'],
    ['one\n{{ "a" | shout }}', 'undefined filter: shout (line 2, column 1)'],
    ['{% if event %}', 'tag {% if event %} not closed; end it with {% endif %} (line 1, column 1)'],
    ['{{ mesage.words }}', 'names "mesage", which there is not; there are: event, events, briefing, message'],
  ])('names the place of what is wrong in %j', (template, fault) => {
    expect(checkTemplate(template)).toContain(fault)
    const [issue] = templateOption.safeParse(template).error?.issues ?? []
    expect(issue?.message).toContain(fault)
  })

  it('tries an event of each kind, and says which could not be told', () => {
    const template = `{% if event.data.verdict == "fixed" %}{% for i in (1..100000000) %}{% endfor %}{% endif %}`
    expect(checkTemplate(template)).toBe(
      'is no template that can be rendered, tried with an event of the kind fixed: it takes more memory than a template may (line 1, column 39)',
    )
  })

  it('looks at a template once where many routes have it', () => {
    const check = createTemplateCheck()
    const begin = performance.now()
    const faults = Array.from({ length: 500 }, () => check('{{ "a" | shout }}'))
    expect(new Set(faults).size).toBe(1)
    expect(faults[0]).toContain('undefined filter: shout')
    for (let times = 0; times < 500; times++) check('{{ message.words }}')
    expect(performance.now() - begin).toBeLessThan(1000)
  })

  it('tries several at once, too', () => {
    const template = '{% if events.size > 1 %}{% for i in (1..100000000) %}{% endfor %}{% endif %}'
    expect(checkTemplate(template)).toContain('tried with several events at once')
  })
})
