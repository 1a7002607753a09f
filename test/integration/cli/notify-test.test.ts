/** `notify test` against a receiver that answers as told. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Receiver, startReceiver, status } from '../../support/notifier-contract-receiver.js'
import { captured } from '../../unit/cli/captured.js'

const SECRET = `whsec_${Buffer.from('a secret for these tests, 32 byte').toString('base64')}`
const ENV = { NORTHFLANK_API_TOKEN: 'token', HOOK_SECRET: SECRET }

describe('notify test', () => {
  let dir: string
  let file: string
  let receiver: Receiver

  beforeEach(async () => {
    receiver = await startReceiver()
    dir = await mkdtemp(join(tmpdir(), 'notify-test-'))
    file = join(dir, 'buildwatchd.yaml')
    const hook = `{ type: webhook, url: "${receiver.origin}/hooks/a-path", secret: "\${HOOK_SECRET}", allow_private: true }`
    await writeFile(
      file,
      `accounts: { default: { token: "\${NORTHFLANK_API_TOKEN}" } }
notifiers: { hook: ${hook}, console: { type: log } }
`,
    )
  })
  afterEach(async () => {
    await receiver.close()
    await rm(dir, { recursive: true })
  })

  const run = (...argv: string[]) => captured(['notify', 'test', ...argv, '-c', file], ENV)

  it('prints what was sent and what came back', async () => {
    const { code, stdout, stderr } = await run('hook')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^notifier {2}hook \(webhook\)$/m)
    expect(stdout).toMatch(/^ {6}"verdict": "broke"/m)
    expect(stdout).toMatch(/^answer {4}taken: HTTP 200 \(\d+ ms\)$/m)
    expect(JSON.parse(receiver.received[0]?.body ?? '')).toMatchObject({ data: { verdict: 'broke' } })
    expect(receiver.received[0]?.headers).toMatchObject({
      'webhook-signature': expect.stringMatching(/^v1,/),
    })
    expect(stdout).not.toContain(SECRET)
    expect(stdout).not.toContain('a-path')
  })

  it.each(['fixed', 'stuck', 'unauthorized', 'digest'])(
    'sends an event of %s when asked for one',
    async (word) => {
      expect((await run('hook', '--event', word, '-o', 'json')).code).toBe(0)
      expect(receiver.received).toHaveLength(1)
    },
  )

  it('refuses a template that is none, and sends nothing', async () => {
    const { code, stderr } = await run('hook', '--template', '{{ x')
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(
        /^buildwatchd: USAGE: --template is no template: .*not closed \(line 1, column 1\)\n$/,
      ),
    })
    expect(receiver.received).toEqual([])
  })

  it('sends another key each time: a receiver that drops repeats takes the second trial, too', async () => {
    for (const word of ['broke', 'fixed']) await run('hook', '--event', word)
    const keys = receiver.received.map(({ headers }) => headers['webhook-id'])
    expect(new Set(keys).size).toBe(2)
  })

  it('ends with 1 when the endpoint is gone, and with 6 when trying again may help', async () => {
    receiver.answerWith(status(410))
    expect(await run('hook')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('not taken: HTTP 410'),
    })
    receiver.answerWith(status(503, {}, 'out of order'))
    expect(await run('hook')).toMatchObject({
      code: 6,
      stdout: expect.stringContaining('not taken: HTTP 503: out of order'),
    })
    expect(receiver.received).toHaveLength(2)
  })

  it('leaves stdout to its result: the line of a log notifier goes to stderr', async () => {
    const { stdout, stderr } = await run('console', '-o', 'json')
    expect(JSON.parse(stdout)).toMatchObject({ notifier: 'console', end: { kind: 'accepted' } })
    expect(stderr).toMatch(/example-project\/jobs\/example-job\/example-build-\w+ failed after 4 min 12 s/)
  })

  it('names the notifiers and the words that there are', async () => {
    expect(await run('hok')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it has: hook, console'),
    })
    expect(await run('hook', '--event', 'broken')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--event takes success, failure'),
    })
  })
})
