// One daemon as a child process on a Redis of its own, for measuring: settings are written to a scratch folder.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const SERVER_FLAGS = ['--save', '', '--appendonly', 'no', '--hz', '100', '--bind', '127.0.0.1']

export const hasServer = spawnSync('redis-server', ['--version']).status === 0

/** `engine` is `server` (a redis-server of its own) or `embedded`. Resolves when every target has been polled once. */
export async function startUnderTest({ engine, apiUrl, builds, minInterval, maxInterval }) {
  const dir = mkdtempSync(join(tmpdir(), 'buildwatchd-bench-'))
  const port = await freePort()
  const server =
    engine === 'server'
      ? spawn('redis-server', [...SERVER_FLAGS, '--port', String(port)], { cwd: dir, stdio: 'ignore' })
      : undefined
  const settings = join(dir, 'settings.yaml')
  const url = `redis://127.0.0.1:${port}`
  const redis = server ? { url } : { url: 'embedded', port, data_dir: join(dir, 'data') }
  writeFileSync(
    settings,
    JSON.stringify({
      redis,
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference for the settings, not for this file
      accounts: { default: { token: '${BENCH_TOKEN}', base_url: apiUrl, reserve: 20 } },
      polling: { min_interval: minInterval, max_interval: maxInterval },
      log: { level: 'warn', format: 'json' },
      watchlists: ['watches-*.yaml'],
    }),
  )
  for (let start = 0, file = 0; start < builds.length; start += 2000, file += 1) {
    const watches = builds
      .slice(start, start + 2000)
      .map((build) => ({ project: 'bench', job: 'job', build }))
    writeFileSync(join(dir, `watches-${file}.yaml`), JSON.stringify({ watches }))
  }
  const daemon = spawn(process.execPath, [MAIN, 'run', '-c', settings], {
    cwd: dir,
    env: { ...process.env, BENCH_TOKEN: 'bench-token', LOG_LEVEL: 'warn' },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  client.on('error', () => undefined)
  return {
    url,
    client,
    rssBytes: () =>
      Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${daemon.pid}/status`, 'utf8'))[1]) * 1024,
    async stop() {
      client.disconnect()
      daemon.kill('SIGKILL')
      await new Promise((resolve) => daemon.once('exit', resolve))
      server?.kill('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

export async function until(condition, { withinMs, what }) {
  const deadline = Date.now() + withinMs
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
