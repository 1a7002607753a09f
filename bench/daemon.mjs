#!/usr/bin/env node
// Measures the whole daemon, as ratios within one run: how long a transition takes from the API's answer to a subscriber's
// hands beside a bare PUBLISH round trip, how many polls a second one process makes against an API without latency, and
// what a watched build costs in memory.   node bench/daemon.mjs [--quick]
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import { hasServer, startUnderTest, until } from './daemon-under-test.mjs'
import { startStubApi } from './stub-api.mjs'

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } })
const SAMPLES = options.quick ? 500 : 5000
const POLL_SECONDS = options.quick ? 4 : 15
const MEMORY_SIZES = options.quick ? [1000] : [1000, 10_000]
const engines = hasServer ? ['server', 'embedded'] : ['embedded']

console.log(`buildwatchd bench · node ${process.version} · ${cpus().length} × ${cpus()[0].model}`)
if (!hasServer) console.log('redis-server is not installed: only the embedded engine is measured')
for (const engine of engines) {
  console.log(`\n${engine === 'server' ? 'redis-server (hz 100)' : 'embedded Valkey'}`)
  await measureLatency(engine)
  await measureThroughput(engine)
  for (const size of MEMORY_SIZES) await measureMemory(engine, size)
}

async function measureLatency(engine) {
  const answeredAt = new Map()
  const latencies = []
  const api = await startStubApi((build, status) => answeredAt.set(`${build}#${status}`, performance.now()))
  const builds = Array.from({ length: 20 }, (_, at) => `b${at}`)
  const daemon = await startUnderTest({
    engine,
    apiUrl: api.url,
    builds,
    minInterval: '100ms',
    maxInterval: '100ms',
  })
  const subscriber = new Redis(daemon.url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  subscriber.on('error', () => undefined)
  subscriber.on('pmessage', (_pattern, _channel, message) => {
    const { id } = JSON.parse(message)
    const at = answeredAt.get(id.split('/').at(-1))
    if (at !== undefined) latencies.push(performance.now() - at)
  })
  await subscriber.psubscribe('buildwatch:events:*')
  await until(() => latencies.length >= SAMPLES, { withinMs: 120_000, what: 'transitions' })
  const bare = await bareRoundTrips(daemon)
  const [ours, theirs] = [quantiles(latencies.slice(0, SAMPLES)), quantiles(bare)]
  console.log(`  answer → subscriber   p50 ${ms(ours.p50)}  p99 ${ms(ours.p99)}   (${SAMPLES} transitions)`)
  console.log(
    `  bare PUBLISH          p50 ${ms(theirs.p50)}  p99 ${ms(theirs.p99)}   ratio p50 ${(ours.p50 / theirs.p50).toFixed(1)}, p99 ${(ours.p99 / theirs.p99).toFixed(1)}`,
  )
  subscriber.disconnect()
  await daemon.stop()
  await api.stop()
}

/** Publish to receipt on the same server, under the same polling. */
async function bareRoundTrips({ url, client }) {
  const subscriber = new Redis(url)
  await subscriber.subscribe('bench:bare')
  const latencies = []
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const received = new Promise((resolve) => subscriber.once('message', resolve))
    const at = performance.now()
    await client.publish('bench:bare', 'x')
    await received
    latencies.push(performance.now() - at)
  }
  subscriber.disconnect()
  return latencies
}

async function measureThroughput(engine) {
  const api = await startStubApi()
  const builds = Array.from({ length: 2000 }, (_, at) => `still-${at}`)
  const daemon = await startUnderTest({
    engine,
    apiUrl: api.url,
    builds,
    minInterval: '100ms',
    maxInterval: '100ms',
  })
  await until(() => api.requests() >= 3 * builds.length, { withinMs: 120_000, what: 'warm-up' })
  const [before, at] = [api.requests(), performance.now()]
  await new Promise((resolve) => setTimeout(resolve, POLL_SECONDS * 1000))
  const perSecond = (api.requests() - before) / ((performance.now() - at) / 1000)
  console.log(
    `  polls per second      ${Math.round(perSecond)}   (one process, ${builds.length} builds, API in another)`,
  )
  await daemon.stop()
  await api.stop()
}

async function measureMemory(engine, size) {
  const api = await startStubApi()
  const rss = []
  for (const count of [1, size]) {
    const builds = Array.from({ length: count }, (_, at) => `still-${at}`)
    const daemon = await startUnderTest({
      engine,
      apiUrl: api.url,
      builds,
      minInterval: '60s',
      maxInterval: '60s',
    })
    const before = api.requests()
    await until(() => api.requests() - before >= count, { withinMs: 300_000, what: `${count} first polls` })
    rss.push(daemon.rssBytes())
    await daemon.stop()
  }
  const [alone, held] = rss
  const each = (held - alone) / size
  console.log(
    `  ${String(size).padEnd(6)} watched builds  ${mb(held)} RSS, ${(each / 1024).toFixed(1)} kB each above ${mb(alone)} with one`,
  )
  await api.stop()
}

function quantiles(samples) {
  const sorted = samples.toSorted((a, b) => a - b)
  return { p50: sorted[Math.floor(sorted.length * 0.5)], p99: sorted[Math.floor(sorted.length * 0.99)] }
}

function ms(value) {
  return `${value.toFixed(2)} ms`
}

function mb(bytes) {
  return `${Math.round(bytes / 2 ** 20)} MB`
}
