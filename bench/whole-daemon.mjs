#!/usr/bin/env node
// The whole daemon against the simulator in compressed time, beside what the simulation of its planner alone predicts for the
// very same builds: detection latencies and requests. faketime (Debian's package of that name) makes the clock that both share
// run faster; nothing in them knows. redis-server stays in real time.   npm run bench:whole-daemon [-- --hours 6 --speed 40]
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import { arrivalsOf } from '../dist.bench/bench/polling/arrivals.js'
import { simulate } from '../dist.bench/bench/polling/ours.js'
import { readTraces } from '../dist.bench/bench/polling/traces.js'

const { values: options } = parseArgs({
  options: {
    traces: { type: 'string', default: fileURLToPath(new URL('./traces', import.meta.url)) },
    source: { type: 'string', default: 'gha-run' },
    jobs: { type: 'string', default: '8' },
    builds: { type: 'string', default: '10' },
    hours: { type: 'string', default: '6' },
    speed: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
  },
})
const [jobCount, builds, hours, speed, seed] = ['jobs', 'builds', 'hours', 'speed', 'seed'].map((name) =>
  Number(options[name]),
)
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
/** Whatever is started under one faketime shares its clock. Ends with its input, and takes its children along. */
const LAUNCHER = `
  const { spawn } = require('node:child_process')
  const children = []
  require('node:readline')
    .createInterface({ input: process.stdin })
    .on('line', (line) => children.push(spawn(process.execPath, JSON.parse(line), { stdio: 'ignore' })))
    .on('close', () => children.forEach((child) => child.kill('SIGKILL')))
`
const LIMIT = 1000
const RESERVE = 100

if (spawnSync('faketime', ['--version']).error) skip('faketime is not installed (apt-get install faketime)')
if (spawnSync('redis-server', ['--version']).status !== 0) skip('redis-server is not installed')

const arrivals = plannedArrivals()
console.log(
  `whole daemon · node ${process.version} · ${cpus().length} × ${cpus()[0].model} · ${speed} times as fast · seed ${seed}`,
)
console.log(
  `${arrivals.length} builds of ${jobCount} jobs of ${options.source}, ${builds} at once on average, ${hours} h, ${LIMIT} requests an hour, ${RESERVE} reserved`,
)
const measured = await measure()
const predicted = simulate(
  { arrivals, limit: LIMIT, reserve: RESERVE, seed, jobs: jobCount },
  'feeds, starts unknown',
)
print('whole daemon', measured.latencies, measured.requests)
print('predicted   ', [...predicted.latencies], predicted.requests)
console.log(`refused by the API (429): ${measured.refusals}`)

function skip(why) {
  console.log(`skipped: ${why}`)
  process.exit(0)
}

/** The first builds of the busiest jobs, as many as begin within the hours. */
function plannedArrivals() {
  const jobs = readTraces(options.traces)
    .filter(({ source }) => source === options.source)
    .sort((a, b) => b.builds.length - a.builds.length)
    .slice(0, jobCount)
  const all = arrivalsOf({ jobs, mode: 'steady', builds, seed, longest: 100_000 })
  return all.filter(({ startS }) => startS < hours * 3600)
}

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'buildwatchd-bench-'))
  const [redisPort, apiPort] = [await freePort(), await freePort()]
  const server = spawn('redis-server', ['--port', String(redisPort), '--save', '', '--bind', '127.0.0.1'], {
    cwd: folder,
    stdio: 'ignore',
  })
  const fast = spawn('faketime', ['-f', `+0 x${speed}`, process.execPath, '-e', LAUNCHER], {
    cwd: folder,
    env: { ...process.env, BENCH_TOKEN: 'bench-token' },
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  const launch = (...args) => fast.stdin.write(`${JSON.stringify([MAIN, ...args])}\n`)
  const redis = new Redis(redisPort, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  try {
    launch('simulate', '--port', String(apiPort), '--seed', String(seed))
    const api = `http://127.0.0.1:${apiPort}`
    await until(async () => (await fetch(`${api}/_sim/requests`)).ok)
    const began = await addBuilds(api)
    const settings = join(folder, 'settings.yaml')
    writeFileSync(settings, JSON.stringify(settingsOf(api, redisPort)))
    launch('run', '-c', settings)
    const lastEndS = Math.max(...arrivals.map(({ endS }) => endS))
    const longestMs = ((lastEndS + 1800) / speed) * 1000 + 30_000
    await until(async () => (await conclusions(redis)).size >= arrivals.length, longestMs).catch(
      () => undefined,
    )
    const seen = await conclusions(redis)
    const { requests, refusals } = await spent(api)
    const latencies = began.flatMap(({ key, concludedAt }) => {
      const at = seen.get(key)
      return at === undefined ? [] : [Math.max(0, at - concludedAt) / 1000]
    })
    if (latencies.length < arrivals.length)
      console.log(`${arrivals.length - latencies.length} ends were not seen in time`)
    return { latencies, requests, refusals }
  } finally {
    redis.disconnect()
    fast.stdin.end()
    await new Promise((resolve) => fast.once('exit', resolve))
    server.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** With the instants at which they truly end, on the fast clock. */
async function addBuilds(api) {
  for (const [nth, { job, startS, endS }] of arrivals.entries()) {
    const body = {
      key: `bench/jobs/job-${job}/b-${nth}`,
      startsInMs: Math.round(startS * 1000),
      durationMs: Math.round((endS - startS) * 1000),
      outcome: 'success',
    }
    const answer = await fetch(`${api}/_sim/builds`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
  }
  return (await fetch(`${api}/_sim/builds`)).json()
}

function settingsOf(api, redisPort) {
  const jobs = [...new Set(arrivals.map(({ job }) => job))]
  return {
    redis: { url: `redis://127.0.0.1:${redisPort}` },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a reference for the settings, not for this file
    accounts: { default: { token: '${BENCH_TOKEN}', base_url: api, reserve: RESERVE } },
    log: { level: 'error', format: 'json' },
    watches: jobs.map((job) => ({ project: 'bench', job: `job-${job}` })),
  }
}

/** When each end was observed, epoch ms of the fast clock. */
async function conclusions(redis) {
  const entries = await redis.xrange('{buildwatch}:events', '-', '+')
  return new Map(
    entries.flatMap(([, fields]) => {
      const event = JSON.parse(fields[fields.indexOf('event') + 1])
      return event.id.endsWith('#concluded') ? [[event.subject, Date.parse(event.data.observedAt)]] : []
    }),
  )
}

async function spent(api) {
  const each = await (await fetch(`${api}/_sim/requests`)).json()
  const sum = (name) => each.reduce((total, window) => total + (window[name] ?? 0), 0)
  return { requests: sum('requests'), refusals: sum('refused') }
}

function print(name, latencies, requests) {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1)
  const mean = (sorted.reduce((sum, value) => sum + value, 0) / sorted.length).toFixed(1)
  console.log(
    `${name}  mean ${mean} s  median ${at(0.5)}  p95 ${at(0.95)}  p99 ${at(0.99)}  requests ${requests} (${(requests / latencies.length).toFixed(1)} per build)`,
  )
}

async function until(holds, withinMs = 15_000) {
  const giveUpAt = Date.now() + withinMs
  for (;;) {
    if (await holds().catch(() => false)) return
    if (Date.now() > giveUpAt) throw new Error('waited in vain')
    await after(100)
  }
}

async function freePort() {
  const server = createServer()
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
