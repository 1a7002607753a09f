import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { WatchEvent } from '../../../src/domain/event.js'
import { NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { eventually } from '../../support/eventually.js'
import { type Bench, benchFor, reasonIn } from '../../support/notifier-contract.js'
import { HOSTILE_TEXTS, hostileEvents, sampleEvent } from '../../support/notifier-contract-events.js'

const EVENT = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })
const KEY = Buffer.from(EVENT.id).toString('base64url')
const kinds = NOTIFIER_KINDS.filter(({ reaches }) => reaches === 'process').map(
  (kind) => [kind.type, kind] as const,
)

describe.each(kinds)('sending by %s', (_type, kind) => {
  let dir: string
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'buildwatchd-exec-'))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  /** Runs a script by `sh`, which is the program here and no part of the notifier. */
  const running = (script: string, options: object = {}): Bench =>
    benchFor(kind, '', { command: ['sh', '-c', script, 'sh', dir], ...options })
  const written = (name: string) => readFileSync(join(dir, name), 'utf8')
  const pidIn = (name: string) =>
    eventually(() => existsSync(join(dir, name)) && Number(written(name)), {
      what: `the program notes its id in ${name}`,
      withinMs: 5000,
    })

  it('gives the program the frozen body on stdin', async () => {
    const bench = running('cat > "$1/body"')
    expect(await bench.send(EVENT)).toEqual({ kind: 'accepted', detail: 'exit code 0' })
    expect(written('body')).toBe(await bench.render(EVENT))
  })

  it('gives it the allowed variables, those of the settings and those of the event, and no other', async () => {
    process.env.BUILDWATCHD_TEST_CANARY = 'a secret of somebody else'
    const bench = running('env -0 > "$1/env"; pwd > "$1/cwd"', { env: { ROOM: 'blue', TZ: 'Asia/Tokyo' } })
    await bench.send(EVENT)
    delete process.env.BUILDWATCHD_TEST_CANARY
    const given = Object.fromEntries(
      written('env')
        .split('\0')
        .filter(Boolean)
        .map((entry) => entry.split(/=(.*)/s, 2)),
    )
    expect(given).toMatchObject({
      ROOM: 'blue',
      TZ: 'Asia/Tokyo',
      BUILDWATCHD_IDEMPOTENCY_KEY: KEY,
      BUILDWATCHD_EVENT_ID: EVENT.id,
      BUILDWATCHD_EVENT_TYPE: EVENT.type,
      BUILDWATCHD_SECRET: bench.canary,
    })
    expect(given.PATH).toBe(process.env.PATH)
    // PWD, SHLVL, OLDPWD and _ are the shell's own.
    const inherited = Object.keys(given).filter((name) => !/^(?:BUILDWATCHD_|PWD|SHLVL|OLDPWD|_$)/.test(name))
    expect(['HOME', 'LANG', 'PATH', 'ROOM', 'TZ']).toEqual(expect.arrayContaining(inherited))
    expect(given).not.toHaveProperty('BUILDWATCHD_TEST_CANARY')
    expect(written('cwd')).toBe('/\n')
  })

  it('carries one key and one body through all attempts', async () => {
    const bench = running(
      'printf %s "$BUILDWATCHD_IDEMPOTENCY_KEY " >> "$1/keys"; cat >> "$1/bodies"; echo >> "$1/bodies"',
    )
    for (const attempt of [1, 2, 3]) await bench.send(EVENT, { attempt })
    expect(written('keys').trim().split(' ')).toEqual(Array(3).fill(KEY))
    expect(new Set(written('bodies').trim().split('\n')).size).toBe(1)
  })

  it('reads every exit code as sysexits.h does: no is no from 64 to 78, but for 75', async () => {
    const codes = [0, 1, 2, 63, 64, 65, 70, 74, 75, 76, 77, 78, 79, 100, 126, 127, 255]
    const verdicts: Record<string, string[]> = {}
    for (const code of codes) {
      const { kind: verdict } = await running(`exit ${code}`).send(EVENT)
      verdicts[verdict] = [...(verdicts[verdict] ?? []), String(code)]
    }
    expect(verdicts).toEqual({
      accepted: ['0'],
      retry: ['1', '2', '63', '75', '79', '100', '126', '127', '255'],
      refused: ['64', '65', '70', '74', '76', '77', '78'],
    })
  })

  it('retries what a signal ended, and names it', async () => {
    expect(await running('kill -SEGV $$').send(EVENT)).toEqual({
      kind: 'retry',
      reason: 'ended by SIGSEGV',
    })
  })

  it.each([
    ['does not exist', '/nowhere/at-all', 'ENOENT'],
    ['is not in PATH', 'no-such-program-anywhere', 'ENOENT'],
    ['may not be run', '/etc/passwd', 'EACCES'],
  ])('retries while the program %s', async (_why, program, code) => {
    const bench = benchFor(kind, '', { command: [program] })
    const reason = `the program was not started: ${code}`
    expect(await bench.send(EVENT)).toEqual({ kind: 'retry', reason })
  })

  it('ends what hangs at its deadline, to be retried', async () => {
    const bench = running('echo $$ > "$1/pid"; exec sleep 600', { timeout: '1s' })
    expect(await bench.send(EVENT)).toEqual({ kind: 'retry', reason: 'no complete answer within 1 s' })
    expect(isAlive(await pidIn('pid'))).toBe(false)
  })

  it('counts a program that was told to end as not done, whatever its exit code', async () => {
    const bench = running('trap "exit 0" TERM; while :; do sleep 0.05; done', { timeout: '500ms' })
    expect((await bench.send(EVENT)).kind).toBe('retry')
  })

  it('kills what does not listen to SIGTERM, and all that it started', async () => {
    const bench = running('trap "" TERM; sleep 600 & echo $! > "$1/child"; echo $$ > "$1/pid"; wait; wait', {
      timeout: '1s',
    })
    const began = performance.now()
    expect((await bench.send(EVENT)).kind).toBe('retry')
    expect(performance.now() - began).toBeLessThan(5000)
    for (const name of ['pid', 'child']) await gone(await pidIn(name))
  })

  it('leaves nothing of its group behind, not even after a good end', async () => {
    const bench = running('sleep 600 & echo $! > "$1/child"; exit 0')
    expect((await bench.send(EVENT)).kind).toBe('accepted')
    await gone(await pidIn('child'))
  })

  it('is not held by a process that left the group and keeps stderr open', async () => {
    const bench = running(
      'setsid sh -c \'echo $$ > "$0/child"; exec sleep 600\' "$1" & while [ ! -s "$1/child" ]; do :; done; exit 3',
    )
    const began = performance.now()
    expect(await bench.send(EVENT)).toEqual({ kind: 'retry', reason: 'exit code 3' })
    expect(performance.now() - began).toBeLessThan(5000)
    process.kill(await pidIn('child'), 'SIGKILL')
  })

  it('is not held by stderr without end', async () => {
    const result = await running('yes no >&2', { timeout: '500ms' }).send(EVENT)
    expect(result.kind).toBe('retry')
    expect(reasonIn(result)).toMatch(/^no complete answer within 0\.5 s: ….*no no$/)
    expect(reasonIn(result).length).toBeLessThan(350)
  })

  it('tells the last that was said on stderr, on one line', async () => {
    const result = await running(
      'printf "%1000s" x >&2; printf "\\nno\\033[2J\\tspace left\\n" >&2; exit 1',
    ).send(EVENT)
    expect(reasonIn(result)).toMatch(/^exit code 1: .*x no\\u001b\[2J space left$/)
  })

  it('takes a body that nobody reads for no failure, however long it is', async () => {
    const long = sampleEvent({ outcome: 'failure' }, { message: 'x'.repeat(1_000_000) })
    expect((await running('exit 0').send(long)).kind).toBe('accepted')
    expect((await running('exec 0<&-; exit 0').send(long)).kind).toBe('accepted')
  })

  it('ends the program when the daemon stops', async () => {
    const bench = running('echo $$ > "$1/pid"; exec sleep 600')
    const stop = new AbortController()
    const sent = bench.send(EVENT, { signal: stop.signal })
    const pid = await pidIn('pid')
    stop.abort()
    expect(await sent).toEqual({ kind: 'retry', reason: 'interrupted: the daemon is stopping' })
    expect(isAlive(pid)).toBe(false)
  })

  it('starts nothing when told to stop before it began', async () => {
    const bench = running('touch "$1/ran"')
    expect((await bench.send(EVENT, { signal: AbortSignal.abort() })).kind).toBe('retry')
    expect(() => written('ran')).toThrow('ENOENT')
  })

  it('shows no secret in body, reason or log, even of a program that prints everything', async () => {
    const script =
      'cat > "$1/body"; env >&2; printf %s "$BUILDWATCHD_SECRET" | base64 -w0 >&2; env >&2; exit 1'
    const bench = running(script, { env: { TOKEN: 'from-the-settings-1234' } })
    const result = await bench.send(EVENT)
    bench.expectNoSecretIn(reasonIn(result), written('body'), bench.printed.join('\n'))
    expect(reasonIn(result)).not.toContain('from-the-settings')
    expect(reasonIn(result)).toContain('[secret]')
  })

  it('shows nothing of a secret that was cut off where the kept part of stderr begins', async () => {
    for (const kept of [16_384, 16_383, 16_370, 16_350]) {
      const bench = running(
        `printf %s "$BUILDWATCHD_SECRET" >&2; head -c ${kept - 20} /dev/zero | tr "\\0" " " >&2; exit 1`,
      )
      const result = await bench.send(EVENT)
      for (let at = 0; at + 8 <= bench.canary.length; at++)
        expect(reasonIn(result)).not.toContain(bench.canary.slice(at, at + 8))
    }
  })

  it.each(HOSTILE_TEXTS)('hands on the event and nothing else (hostile text %#)', async (text) => {
    writeFileSync(join(dir, 'got'), '')
    const bench = running('cat >> "$1/got"; echo >> "$1/got"; echo $# >> "$1/args"')
    const events: WatchEvent[] = hostileEvents(text)
    for (const event of events) expect((await bench.send(event)).kind).toBe('accepted')
    const got = written('got').trim().split('\n')
    expect(got.map((line): unknown => JSON.parse(line))).toEqual(
      await Promise.all(events.map(async (event): Promise<unknown> => JSON.parse(await bench.render(event)))),
    )
    expect(new Set(written('args').trim().split('\n'))).toEqual(new Set(['1']))
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** A zombie counts: whoever adopted it has still to fetch it. */
function gone(pid: number): Promise<true> {
  const isGone = () => {
    const stat = `/proc/${pid}/stat`
    return !isAlive(pid) || (existsSync(stat) && readFileSync(stat, 'utf8').includes(') Z '))
  }
  return eventually(isGone, { what: `process ${pid} ends`, withinMs: 5000 }).then(() => true)
}
