import { pathToFileURL } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import type { WatchEvent } from '../../../../src/domain/event.js'
import { contractChecks } from '../../../../src/notify/contract/contract-checks.js'
import { type ContractSubject, notifierContract } from '../../../../src/notify/contract/notifier-contract.js'

const PAGER = 'test/support/plug-ins/pager.js'
/** Enough for a thread to start on a busy machine. */
const TIMEOUT_MS = 1500
const LIMIT_MS = 3000
const PATIENCE_MS = 60_000

function pager(fault?: string, timeoutMs = TIMEOUT_MS): ContractSubject {
  const sample: ContractSubject['sample'] = (endpoint, secret) => ({
    options: { url: `${endpoint}/page`, timeoutMs, note: `to ${secret}`, ...(fault ? { fault } : {}) },
    secrets: { token: secret },
  })
  return { module: PAGER, sample, limitMs: timeoutMs + LIMIT_MS - TIMEOUT_MS }
}

/** Names of the checks that fail, with the first line of why. */
async function broken(subject: ContractSubject): Promise<[string, string][]> {
  const failed: [string, string][] = []
  for (const { name, run } of notifierContract(subject)) {
    try {
      await run()
    } catch (error) {
      const { message }: Error = Object(error)
      failed.push([name, message.split('\n')[0] ?? ''])
    }
  }
  return failed
}

type Fault = readonly [fault: string, check: string, said: RegExp]

/** One for each check. */
const FAULTS: readonly Fault[] = [
  ['wordless', 'renders a text of at most 64 KiB for an event of every word', /the text of \w+ is empty/],
  ['wavering', 'renders the same text each time, and leaves the event as it was', /with two texts/],
  ['indiscreet', 'renders no secret', /stands in the text of digest/],
  ['injectable', 'stays one message, whatever stands in a branch or a commit message', /character U\+d$/],
  ['repeating', 'sends a delivery exactly once where it is taken', /made 2 requests/],
  ['hopeful', 'is not accepted where the endpoint refuses, throttles or fails', /HTTP 404 was taken/],
  ['led', 'follows no redirect, and does not take it for acceptance', /HTTP 301 was followed/],
  ['waiting', 'ends by itself where the endpoint hangs, to be tried again', /an attempt may take/],
  ['deaf', 'lets go of the connection when told to stop, to be tried again', /1000 ms after the signal/],
  ['devouring', 'is not held by an error body without end', /an attempt may take/],
  ['resigned', 'is tried again where the connection was cut before an answer', /came to refused: no answer/],
  [
    'quoting',
    'shows no secret in results, log or texts, even where the endpoint echoes everything',
    /result for/,
  ],
  ['keyless', 'sends the idempotency key, in a header or in the body', /neither in a header nor/],
  ['counting', 'sends the same body at every attempt', /two attempts, two bodies/],
  ['throwing', 'never throws out of send', /its send threw: /],
]

/** Other ways to fail a check. */
const MORE_FAULTS: readonly Fault[] = [
  ['boundless', 'renders a text of at most 64 KiB for an event of every word', /has 65537 bytes/],
  ['forgeable', 'stays one message, whatever stands in a branch or a commit message', /JSON/],
  [
    'noting',
    'shows no secret in results, log or texts, even where the endpoint echoes everything',
    /in the log/,
  ],
  [
    'remembering',
    'shows no secret in results, log or texts, even where the endpoint echoes everything',
    /rendered after/,
  ],
]

describe('the contract kit', () => {
  it('finds nothing in a notifier that keeps every promise', async () => {
    expect(await broken(pager())).toEqual([])
  })

  it.concurrent.each(FAULTS)(
    'finds the fault of a %s notifier, and no other',
    async (fault, check, said) => {
      const found = await broken(pager(fault, fault === 'deaf' ? 2 * TIMEOUT_MS : TIMEOUT_MS))
      expect(found).toEqual([[check, expect.stringMatching(said)]])
    },
    PATIENCE_MS,
  )

  it.concurrent.each(MORE_FAULTS)('finds the fault of a %s notifier', async (fault, check, said) => {
    const failing = notifierContract(pager(fault)).find(({ name }) => name === check)
    await expect(failing?.run()).rejects.toThrow(said)
  })

  it('has a fault for each of its checks', () => {
    const names = notifierContract(pager()).map(({ name }) => name)
    const [settings] = names
    expect(new Set([settings, ...FAULTS.map(([, check]) => check)])).toEqual(new Set(names))
  })

  it('finds a kind of our own that writes to the event', async () => {
    const render = async (event: WatchEvent) => JSON.stringify(Object.assign(event, { told: true }))
    const means = { secrets: [], logged: [], limitMs: LIMIT_MS, close: async () => undefined }
    const send = () => Promise.reject(new Error('not needed here'))
    const checks = contractChecks({ reaches: 'other', open: () => ({ ...means, render, send }) })
    const check = checks.find(({ name }) => name.includes('leaves the event as it was'))
    await expect(check?.run()).rejects.toThrow('object is not extensible')
  })

  it('finds a notifier that reaches nothing', async () => {
    const names = (await broken(pager('lost'))).map(([name]) => name)
    expect(names).toContain('sends a delivery exactly once where it is taken')
    expect(names).toContain('sends the same body at every attempt')
  })
})

describe('the settings of a sample', () => {
  const settingsOf = (change: Partial<ReturnType<ContractSubject['sample']>>) => {
    const sample: ContractSubject['sample'] = (...given) => ({ ...pager().sample(...given), ...change })
    return notifierContract({ ...pager(), sample })[0]
  }

  it('must be what the notifier takes', async () => {
    await expect(settingsOf({ options: {} })?.run()).rejects.toThrow('finds fault with the options')
  })

  it('must hold the secrets that the notifier declares, and no others', async () => {
    await expect(settingsOf({ secrets: {} })?.run()).rejects.toThrow('holds other secrets')
    const more = { token: 'x', password: 'y' }
    await expect(settingsOf({ secrets: more })?.run()).rejects.toThrow('holds other secrets')
  })

  it('name a module by a path or a URL, and one that is missing by its path', async () => {
    const url = pathToFileURL(PAGER)
    for (const module of [url, url.href, PAGER]) await notifierContract({ ...pager(), module })[0]?.run()
    const [missing] = notifierContract({ ...pager(), module: 'test/missing.js' })
    await expect(missing?.run()).rejects.toThrow(/there is no file .*test\/missing\.js/)
  })
})

describe('a notifier that reaches no HTTP endpoint', () => {
  const checks = notifierContract({ ...pager(), reaches: 'other' })

  it('is told by name how much was left out', () => {
    const all = notifierContract(pager()).length
    const [left] = checks.flatMap(
      ({ name }) => /^takes a delivery; (\d+) checks are left out/.exec(name) ?? [],
    )
    expect(left).toBeDefined()
    const { 1: count } = checks.map(({ name }) => /; (\d+) checks/.exec(name)).find(Boolean) ?? []
    expect(Number(count)).toBe(all - (checks.length - 1))
  })

  it('is still checked to take a delivery', async () => {
    const sample: ContractSubject['sample'] = (_endpoint, secret) =>
      pager().sample('http://127.0.0.1:9', secret)
    const unreachable = notifierContract({ ...pager(), sample, reaches: 'other' })
    await expect(unreachable.at(-1)?.run()).rejects.toThrow('a delivery came to retry: no answer')
  })
})
