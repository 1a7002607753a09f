/**
 * rediss:// against a redis-server that speaks nothing but TLS and asks for a password. NODE_EXTRA_CA_CERTS is read once, when
 * Node starts: so the connection is made by a child process, which runs this room's own files, compiled on the spot.
 */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { transform } from '@swc/core'
import { findRedisServer, type RealRedis, startRealRedis } from '../../support/redis-engines.js'

const run = promisify(execFile)
const SOURCES = ['store/connect', 'store/outage-log', 'store/redis-url', 'domain/errors']
const PASSWORD = 'a password/with signs'

const CLIENT = `
import { connectRedis } from './store/connect.js'
import { createOutageLog } from './store/outage-log.js'
const say = (fields) => { console.log(fields.reason); process.exit(1) }
const logger = { error: say, info: say }
const outageLog = createOutageLog({ logger, clock: Date, where: '' })
const redis = connectRedis({ url: process.argv[2], role: 'ordinary', outageLog })
redis.once('ready', async () => { console.log(await redis.ping()); redis.disconnect() })
`

async function opensslWorks(): Promise<boolean> {
  return run('openssl', ['version']).then(
    () => true,
    () => false,
  )
}

async function compileInto(dir: string): Promise<void> {
  for (const name of SOURCES) {
    const source = await readFile(resolve('src', `${name}.ts`), 'utf8')
    const { code } = await transform(source, {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
    })
    await mkdir(dirname(join(dir, name)), { recursive: true })
    await writeFile(join(dir, `${name}.js`), code)
  }
  await writeFile(join(dir, 'client.js'), CLIENT)
  await writeFile(join(dir, 'package.json'), '{"type":"module"}')
  await symlink(resolve('node_modules'), join(dir, 'node_modules'))
}

async function makeCertificate(dir: string): Promise<{ key: string; certificate: string }> {
  const key = join(dir, 'key.pem')
  const certificate = join(dir, 'certificate.pem')
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
  const files = ['-keyout', key, '-out', certificate, '-days', '1', '-nodes']
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...files, ...subject])
  return { key, certificate }
}

/** Where CI asks for everything, missing tools fail the tests instead of skipping them. */
const canRun = process.env['CI'] === 'true' || (findRedisServer() !== undefined && (await opensslWorks()))
if (!canRun) process.stderr.write('skipped: Redis over TLS: redis-server or openssl is not installed\n')

;(canRun ? describe : describe.skip)('Redis over TLS', () => {
  let dir: string
  let server: RealRedis
  let certificate: string

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-tls-'))
    await compileInto(dir)
    const made = await makeCertificate(dir)
    certificate = made.certificate
    const files = [
      '--tls-cert-file',
      certificate,
      '--tls-key-file',
      made.key,
      '--tls-ca-cert-file',
      certificate,
    ]
    const clients = ['--tls-auth-clients', 'no', '--requirepass', PASSWORD]
    server = await startTlsServer([...files, ...clients])
  })

  afterAll(async () => {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  })

  /** What it printed: PONG, or why not. */
  async function ping(password: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    const url = `rediss://:${encodeURIComponent(password)}@127.0.0.1:${server.port}`
    const child = run(process.execPath, [join(dir, 'client.js'), url], { env: { ...process.env, ...env } })
    const { stdout } = await child.catch((failure: { stdout: string }) => failure)
    return stdout.trim()
  }

  it('is reached with a password and an authority from NODE_EXTRA_CA_CERTS', async () => {
    expect(await ping(PASSWORD, { NODE_EXTRA_CA_CERTS: certificate })).toBe('PONG')
  })

  it('is not trusted without that authority', async () => {
    expect(await ping(PASSWORD)).toMatch(/self-signed certificate/)
  })

  it('says so when the password is wrong', async () => {
    expect(await ping('wrong', { NODE_EXTRA_CA_CERTS: certificate })).toMatch(/WRONGPASS|invalid password/)
  })
})

/** `--port 0` comes after our port and wins; TLS then takes that port over. */
async function startTlsServer(args: readonly string[]): Promise<RealRedis> {
  const free = await startRealRedis()
  await free.stop()
  return startRealRedis({ port: free.port, args: ['--port', '0', '--tls-port', String(free.port), ...args] })
}
