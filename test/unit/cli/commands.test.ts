import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { captured } from './captured.js'

let server: Server | undefined

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
})

async function apiThat(answers: RequestListener): Promise<Record<string, string>> {
  server = createServer(answers).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return { NORTHFLANK_API_TOKEN: 'canary-token-4711', NORTHFLANK_API_URL: `http://127.0.0.1:${address.port}` }
}

const GET = ['get', 'job', 'build', '--project', 'p', '--job', 'j', '--build', 'b']
const failedBuild: RequestListener = (_, response) =>
  response.end(JSON.stringify({ data: { id: 'b', status: 'FAILURE', concluded: true, success: false } }))

describe('a command line that is not understood is one line with its code and the cure', () => {
  it.each([
    [['runn'], "unknown command 'runn' (Did you mean run?)", ''],
    [['status', '--confg', 'x'], "unknown option '--confg' (Did you mean --config?)", ' status'],
    [['status', '-c'], "option '-c, --config <file>' argument missing", ' status'],
    [['schema'], "missing required argument 'name'", ' schema'],
    [['deliveries', 'lst'], "unknown command 'lst' (Did you mean list?)", ' deliveries'],
    [['status', 'x'], "too many arguments for 'status'. Expected 0 arguments but got 1", ' status'],
    [['help', 'runn'], "unknown command 'runn' (Did you mean run?)", ''],
    [['help', 'deliveries', 'lst'], "unknown command 'lst' (Did you mean list?)", ' deliveries'],
    [['deliveries', 'lst', '--help'], "unknown command 'lst' (Did you mean list?)", ' deliveries'],
    [['stat\u001b[2Jus'], "unknown command 'stat\\u001b[2Jus'", ''],
  ])('%j', async (argv, words, command) => {
    expect(await captured(argv)).toEqual({
      code: 2,
      stdout: '',
      stderr: `buildwatchd: USAGE: ${words}; see buildwatchd${command} --help\n`,
    })
  })
})

describe('help', () => {
  it.each([
    [['help', 'get', 'job', 'build'], 'get job build'],
    [['get', 'help', 'job'], 'get job'],
    [['help', 'deliveries'], 'deliveries'],
    [['explain', '--help'], 'explain'],
    [['explain', 'some/build', '-h'], 'explain'],
  ])('is shown for %j', async (argv, command) => {
    const { code, stdout, stderr } = await captured(argv)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.startsWith(`Usage: buildwatchd ${command} [`)).toBe(true)
  })

  it.each([[[]], [['deliveries']], [['get', 'job']]])(
    'is shown on stderr, with exit code 2, where %j leaves open what to do',
    async (argv) => {
      const { code, stdout, stderr } = await captured(argv)
      expect([code, stdout]).toEqual([2, ''])
      expect(stderr.startsWith(['Usage: buildwatchd', ...argv, '[options] [command]'].join(' '))).toBe(true)
    },
  )

  it.each(['--version', '-V'])('is not needed to see the bare version with %s', async (flag) => {
    const { stdout } = await captured([flag])
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('settings that cannot be used', () => {
  it.each([['status'], ['health'], ['run'], ['validate'], ['get']])(
    'are told by %s a line for each problem, which begins with its place',
    async (name) => {
      const dir = await mkdtemp(join(tmpdir(), 'buildwatchd-commands-'))
      const file = join(dir, 'settings.yaml')
      await writeFile(file, 'acounts: {}\nredis: { port: no }\n')
      const { code, stderr } = await captured([...(name === 'get' ? GET : [name]), '-c', file])
      await rm(dir, { recursive: true })
      const lines = stderr.trimEnd().split('\n')
      expect(code).toBe(2)
      expect(lines.length).toBeGreaterThan(1)
      for (const line of lines) expect(line).toMatch(/^error: \S+settings\.yaml:\d+:\d+: /)
    },
  )
})

describe('schema', () => {
  it.each(['toString', 'constructor', '__proto__', ''])('knows no schema %j', async (name) => {
    expect(await captured(['schema', name])).toEqual({
      code: 2,
      stdout: '',
      stderr: `buildwatchd: USAGE: there is no schema ${JSON.stringify(name)}; there are: settings, watchlist, event\n`,
    })
  })
})

describe('get --quiet', () => {
  it('prints nothing, and leaves the exit code to say how the build stands', async () => {
    const env = await apiThat(failedBuild)
    expect(await captured([...GET, '--quiet', '--exit-status'], env)).toEqual({
      code: 1,
      stdout: '',
      stderr: '',
    })
  })

  it('still prints the result where -o asks for it', async () => {
    const { stdout } = await captured([...GET, '--quiet', '-o', 'json'], await apiThat(failedBuild))
    expect(JSON.parse(stdout)).toMatchObject({ id: 'b', status: 'FAILURE' })
  })
})

describe('get', () => {
  it('shows a token that the API serves within a build to nobody', async () => {
    const env = await apiThat(({ headers }, response) =>
      response.end(JSON.stringify({ data: { id: 'b', message: `you are ${headers.authorization}` } })),
    )
    for (const format of ['json', 'yaml', 'table']) {
      const { stdout } = await captured([...GET, '-o', format], env)
      expect(stdout).toContain('you are Bearer [secret]')
    }
  })

  it.each([
    ['--project', 'a/b', 'takes one id, as between two slashes of the URL at Northflank, not "a/b"'],
    ['--job', '', 'is empty'],
    ['--job', ' ', 'is empty'],
    ['--build', '..', 'takes one id, as between two slashes of the URL at Northflank, not ".."'],
    ['--build', 'a\nb', 'takes one id, as between two slashes of the URL at Northflank, not "a\\nb"'],
    ['--team', '/', 'takes one id'],
    ['--team', '', 'is empty'],
  ])('refuses %s %j before anything is asked', async (flag, value, words) => {
    const env = { NORTHFLANK_API_TOKEN: 'some-token', NORTHFLANK_API_URL: 'http://127.0.0.1:1' }
    const { code, stderr } = await captured([...GET, flag, value], env)
    expect(code).toBe(2)
    expect(stderr).toContain(`buildwatchd: USAGE: ${flag} `)
    expect(stderr).toContain(words)
  })

  it('says that an account needs a settings file', async () => {
    const { code, stderr } = await captured([...GET, '--account', 'x', '-c', '/nowhere/settings.yaml'], {})
    expect([code, stderr]).toEqual([2, expect.stringContaining('/nowhere/settings.yaml:1:1: does not exist')])
  })
})

describe('simulate', () => {
  it.each([
    ['--port', '80.5'],
    ['--limit', '1.5'],
    ['--seed', '0.1'],
  ])('takes no fraction as %s', async (flag, value) => {
    expect(await captured(['simulate', '--port', '0', flag, value])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(`USAGE: ${flag} takes a whole number from .* not "${value}"`),
    })
  })

  it('takes no empty token, which an unset variable would leave', async () => {
    expect(await captured(['simulate', '--port', '0', '--token', ''])).toMatchObject({ code: 2, stdout: '' })
  })
})
