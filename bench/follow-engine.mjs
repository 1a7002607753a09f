// A Redis in a process of its own, for measuring: `server` is redis-server, `embedded` the Valkey that the daemon brings along.
// As a program it serves the embedded one and prints its address.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const SELF = fileURLToPath(import.meta.url)

export async function startEngine(engine) {
  if (engine === 'embedded') {
    const child = spawn(process.execPath, [SELF], { stdio: ['ignore', 'pipe', 'inherit'] })
    process.once('exit', () => child.kill('SIGKILL'))
    const [url] = await once(child.stdout.setEncoding('utf8'), 'data')
    return { url: url.trim(), stop: () => child.kill('SIGKILL') }
  }
  const port = await freePort()
  const flags = ['--save', '', '--appendonly', 'no', '--hz', '100', '--bind', '127.0.0.1']
  const child = spawn('redis-server', [...flags, '--port', String(port)], { stdio: 'ignore' })
  process.once('exit', () => child.kill('SIGKILL'))
  return { url: `redis://127.0.0.1:${port}`, stop: () => child.kill('SIGKILL') }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

if (process.argv[1] === SELF) {
  const { startEmbeddedValkey } = await import('../dist/embedded/embedded-valkey.js')
  const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent }
  const engine = await startEmbeddedValkey({ port: 0, logger: silent })
  process.stdout.write(`${engine.url}\n`)
}
