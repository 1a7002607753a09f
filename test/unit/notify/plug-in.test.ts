import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { SendResult } from '../../../src/domain/delivery.js'
import type { Logger, Notifier } from '../../../src/domain/ports.js'
import { createPlugInNotifier, findPlugIn } from '../../../src/notify/plug-in-kind.js'
import { createMemoryMemos } from '../../support/memory-memos.js'
import { occasionOf } from '../../support/notifier-contract.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'

const FIXTURES = resolve('test/support/plug-ins')
const SETTINGS = join(FIXTURES, 'buildwatchd.yaml')
const TOKEN = 'hunter2hunter2'

describe('a notifier of the user’s own', () => {
  let notifier: Notifier & { close(): Promise<void> }
  const logged: unknown[] = []
  const write = (fields: object, message: string) => void logged.push([message, fields])
  const logger: Logger = { debug: write, info: write, warn: write, error: write, child: () => logger }

  beforeAll(() => {
    notifier = createPlugInNotifier(pathToFileURL(join(FIXTURES, 'misbehaving.js')).href, {
      name: 'own',
      options: { mood: 'calm' },
      secrets: { token: { reveal: () => Promise.resolve(TOKEN) } },
    })
  })
  afterEach(() => void logged.splice(0))
  afterAll(() => notifier.close())

  async function send(branch: string, signal = new AbortController().signal): Promise<SendResult> {
    const event = sampleEvent({ outcome: 'failure' }, { branch })
    return notifier.send(
      {
        delivery: { id: `${event.id}->own`, notifier: 'own', event },
        idempotencyKey: 'key-1',
        body: await notifier.render(occasionOf(event)),
        attempt: 2,
      },
      { signal, logger, memo: createMemoryMemos()('own') },
    )
  }

  it('is given its name, its options, its secrets and a log', async () => {
    expect(await send('main')).toEqual({ kind: 'accepted', detail: `own calm ${TOKEN.length}` })
    expect(logged).toEqual([['taken', { plugIn: { idempotencyKey: 'key-1', attempt: 2 } }]])
  })

  it('renders the event as JSON where it has no words of its own', async () => {
    const event = sampleEvent({ outcome: 'failure' })
    expect(JSON.parse(await notifier.render(occasionOf(event)))).toEqual(JSON.parse(JSON.stringify(event)))
  })

  it('that throws is tried again, its secret hidden', async () => {
    expect(await send('throw')).toEqual({ kind: 'retry', reason: 'out of order with [secret]' })
  })

  it('shows no beginning of a secret that a cut would part, in a reason or a log', async () => {
    const { reason } = { reason: '', ...(await send('talk')) }
    expect(reason).toHaveLength(300)
    expect(reason).not.toContain(TOKEN.slice(0, 6))
    expect(logged).toEqual([[expect.stringMatching(/^x+\[secret\]…?$|^x+…$|^x+\[s/), { plugIn: {} }]])
    expect(JSON.stringify(logged)).not.toContain(TOKEN.slice(0, 6))
  })

  it('says when it wants to be tried again', async () => {
    expect(await send('later')).toEqual({ kind: 'retry', reason: 'not now [secret]', retryAfterMs: 5000 })
  })

  it('that answers nonsense is tried again', async () => {
    expect(await send('nonsense')).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('no result'),
    })
  })

  it('that exits takes its thread with it and nothing else', async () => {
    expect(await send('exit')).toEqual({ kind: 'retry', reason: 'its thread has ended' })
    expect(await send('main')).toMatchObject({ kind: 'accepted' })
  })

  it('that eats memory is ended at its limit', async () => {
    expect(await send('grow')).toMatchObject({ kind: 'retry', reason: expect.stringContaining('memory') })
    expect(await send('main')).toMatchObject({ kind: 'accepted' })
  }, 30_000)

  it('that hangs takes the thread, but no message that is being made in it meanwhile', async () => {
    const url = pathToFileURL(join(FIXTURES, 'slow-words.js')).href
    const settings = { name: 'slow', options: {}, secrets: { token: { reveal: async () => TOKEN } } }
    const slow = createPlugInNotifier(url, settings, { sendMs: 300 })
    const event = sampleEvent({ outcome: 'failure' })
    const outgoing = {
      delivery: { id: 'd', notifier: 'slow', event },
      idempotencyKey: 'k',
      body: '',
      attempt: 1,
    }
    const means = { signal: new AbortController().signal, logger, memo: createMemoryMemos()('slow') }
    const sent = slow.send(outgoing, means)
    const rendered = Promise.resolve(slow.render(occasionOf(event)))
    expect(await sent).toMatchObject({ kind: 'retry' })
    // At once: the thread that is being ended may not be gone yet.
    expect(await Promise.all([rendered, slow.render(occasionOf(event))])).toEqual(['words', 'words'])
    await slow.close()
  })

  it.each([
    ['throws', 'no words for [secret]'],
    ['is too long', 'its render gave 2000000 characters; 1000000 are the most'],
  ])('whose message %s says so, without its secret', async (branch, words) => {
    const url = pathToFileURL(join(FIXTURES, 'slow-words.js')).href
    const settings = { name: 'slow', options: {}, secrets: { token: { reveal: async () => TOKEN } } }
    const slow = createPlugInNotifier(url, settings)
    const rendered = Promise.resolve(slow.render(occasionOf(sampleEvent({ outcome: 'failure' }, { branch }))))
    await expect(rendered).rejects.toMatchObject({ message: words })
    await slow.close()
  })

  it('hears that the daemon stops, and is not waited for', async () => {
    const stop = new AbortController()
    const sent = send('wait', stop.signal)
    await send('main')
    stop.abort()
    expect(await sent).toEqual({ kind: 'retry', reason: 'interrupted: the daemon is stopping' })
    expect(await send('hang', AbortSignal.abort())).toMatchObject({ kind: 'retry' })
  })

  it('sees nothing of the daemon’s environment but what programs need', async () => {
    process.env['OTHERS_TOKEN'] = 'x'
    const result = await send('environment')
    delete process.env['OTHERS_TOKEN']
    expect(result).toMatchObject({ kind: 'refused', reason: expect.not.stringContaining('OTHERS_TOKEN') })
  })

  it('that loops without end is ended at its deadline, and the daemon goes on meanwhile', async () => {
    const hasty = createPlugInNotifier(
      pathToFileURL(join(FIXTURES, 'misbehaving.js')).href,
      {
        name: 'hasty',
        options: { mood: 'calm' },
        secrets: { token: { reveal: () => Promise.resolve(TOKEN) } },
      },
      { sendMs: 500 },
    )
    const event = sampleEvent({ outcome: 'failure' }, { branch: 'loop' })
    const outgoing = {
      delivery: { id: 'd', notifier: 'hasty', event },
      idempotencyKey: 'k',
      body: 'b',
      attempt: 1,
    }
    const means = { signal: new AbortController().signal, logger, memo: createMemoryMemos()('hasty') }
    expect(await hasty.send(outgoing, means)).toEqual({
      kind: 'retry',
      reason: 'did not answer within 0.5 s; its thread was ended',
    })
    await hasty.close()
  })
})

describe('what the settings name', () => {
  it('is found beside them, and says which secrets and options it takes', async () => {
    const found = await findPlugIn('./misbehaving.js', SETTINGS)
    expect(found).toMatchObject({ type: './misbehaving.js', secrets: [{ name: 'token', required: true }] })
    expect(await found?.check({ mood: 'calm' })).toEqual([])
    expect(await found?.check({})).toEqual([{ path: ['mood'], message: 'is missing; write a mood' }])
  })

  it('is no notifier where there is no such file', async () => {
    expect(await findPlugIn('./missing.js', SETTINGS)).toBeUndefined()
    expect(await findPlugIn('slak', SETTINGS)).toBeUndefined()
  })

  it('is refused with what is wrong when it is a module of another kind, or never loads', async () => {
    await expect(findPlugIn('./not-one.js', SETTINGS)).rejects.toThrow('has no create function')
    await expect(findPlugIn('./never-loads.js', SETTINGS, 500)).rejects.toThrow('did not answer within 0.5 s')
  })

  it('may be a package that is installed beside the settings', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'plug-in-'))
    const home = join(dir, 'node_modules', '@acme', 'pager')
    await mkdir(join(home, 'lib'), { recursive: true })
    const manifest = { name: '@acme/pager', type: 'module', exports: { '.': { import: './lib/main.js' } } }
    await writeFile(join(home, 'package.json'), JSON.stringify(manifest))
    await writeFile(join(home, 'lib', 'main.js'), await readFile(join(FIXTURES, 'misbehaving.js')))
    expect(await findPlugIn('@acme/pager', join(dir, 'buildwatchd.yaml'))).toMatchObject({
      module: pathToFileURL(join(home, 'lib', 'main.js')).href,
    })
    await rm(dir, { recursive: true })
  })

  it('is the example that ships', async () => {
    const found = await findPlugIn('./notifiers/spool.js', resolve('config/buildwatchd.yaml'))
    expect(await found?.check({ file: 'relative' })).toEqual([
      { path: ['file'], message: 'must be an absolute path' },
    ])
    const dir = await mkdtemp(join(tmpdir(), 'spool-'))
    const options = { file: join(dir, 'builds.jsonl') }
    const spool = createPlugInNotifier(found?.module ?? '', { name: 'spool', options, secrets: {} })
    const event = sampleEvent({ outcome: 'failure' })
    const body = await spool.render(occasionOf(event))
    const quiet: Logger = {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
      child: () => quiet,
    }
    const outgoing = {
      delivery: { id: 'd', notifier: 'spool', event },
      idempotencyKey: 'k',
      body,
      attempt: 1,
    }
    const means = { signal: new AbortController().signal, logger: quiet, memo: createMemoryMemos()('spool') }
    expect(await spool.send(outgoing, means)).toEqual({ kind: 'accepted' })
    expect(JSON.parse(await readFile(options.file, 'utf8'))).toMatchObject({ id: event.id })
    await spool.close()
    await rm(dir, { recursive: true })
  })
})
