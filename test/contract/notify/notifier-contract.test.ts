import { describe, expect, it } from '@jest/globals'
import { messageShape } from '../../../src/notify/contract/message-shape.js'
import { NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { benchFor, expectGolden, frozen } from '../../support/notifier-contract.js'
import { GOLDEN_EVENTS, HOSTILE_TEXTS, hostileEvents } from '../../support/notifier-contract-events.js'
import { NO_TOOLS } from '../../support/notifier-tools.js'

const NOWHERE = 'http://127.0.0.1:9'
const kinds = NOTIFIER_KINDS.map((kind) => [kind.type, kind] as const)

describe('the registry', () => {
  it('holds each type once, with a name that fits a settings file', () => {
    const types = NOTIFIER_KINDS.map(({ type }) => type)
    expect(new Set(types).size).toBe(types.length)
    for (const type of types) expect(type).toMatch(/^[a-z][a-z0-9-]*$/)
  })
})

describe.each(kinds)('the settings of %s', (_type, kind) => {
  it('describe themselves, every option and every secret', () => {
    const described = Object.values(kind.options.shape).map((option) => option.description ?? '')
    for (const text of [kind.summary, ...described, ...kind.secrets.map(({ describe }) => describe)]) {
      expect(text).toMatch(/^[^a-z].{10,}\.$|^`.+\.$/)
    }
  })

  it('refuse an unknown option', () => {
    const { options } = kind.sample(NOWHERE, 'x'.repeat(32))
    expect(kind.options.safeParse({ ...options, colour: 'red' }).success).toBe(false)
  })

  it('have no option of the same name as a secret', () => {
    for (const { name } of kind.secrets) expect(kind.options.shape).not.toHaveProperty(name)
  })

  it('are refused with the place and the cure when a demanded secret is missing', () => {
    const { options } = kind.sample('https://ci.example.com', 'x'.repeat(32))
    const unneeded = { ...NO_TOOLS, allowExec: true }
    const demanded = kind.secrets.filter(({ required, requiredUnless }) => required || requiredUnless)
    const create = () => kind.create({ name: 'hook', options, secrets: {} }, unneeded)
    if (demanded.length === 0) expect(create).not.toThrow()
    for (const { name } of demanded) expect(create).toThrow(`notifiers.hook: needs ${name} or ${name}_file`)
  })
})

describe.each(kinds)('the message of %s', (_type, kind) => {
  it.each(Object.entries(GOLDEN_EVENTS))('is golden when the event is %s', async (name, event) => {
    expectGolden(kind, name, await benchFor(kind, NOWHERE).render(event))
  })

  it('is the same each time and leaves the event as it was', async () => {
    const bench = benchFor(kind, NOWHERE)
    for (const event of Object.values(GOLDEN_EVENTS)) {
      const body = await bench.render(frozen(structuredClone(event)))
      expect(await bench.render(event)).toBe(body)
    }
  })

  it('holds no secret', async () => {
    const bench = benchFor(kind, NOWHERE)
    bench.expectNoSecretIn(...(await Promise.all(Object.values(GOLDEN_EVENTS).map(bench.render))))
  })

  it.each(HOSTILE_TEXTS)('stays one message (hostile text %#)', async (text) => {
    const bench = benchFor(kind, NOWHERE)
    const shapes = async (of: string) =>
      (await Promise.all(hostileEvents(of).map(bench.render))).map(messageShape)
    expect(await shapes(text)).toEqual(await shapes('plain'))
  })
})
