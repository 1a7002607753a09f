#!/usr/bin/env node
// Measures followEvents beside what it is made of, within one run: how fast it catches up beside a loop of XREAD and
// JSON.parse, and how long a live event takes beside a bare SUBSCRIBE.   node bench/follow.mjs [--quick] [--events 50000]
import { spawnSync } from 'node:child_process'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { Redis } from 'ioredis'
import { followEvents } from '../dist/follow/follow.js'
import { startEngine } from './follow-engine.mjs'

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, events: { type: 'string' } },
})
const EVENTS = Number(options.events ?? (options.quick ? 20_000 : 200_000))
const ROUNDS = options.quick ? 3 : 7
const SAMPLES = options.quick ? 300 : 2000
/** One event in so many is of the job that the narrow match wants. */
const NARROW = 100
const LOG = '{buildwatch}:events'
const hasServer = spawnSync('redis-server', ['--version']).status === 0

console.log(`followEvents · node ${process.version} · ${cpus().length} × ${cpus()[0].model}`)
console.log(`${EVENTS} events of ${textOf(0).length} bytes, ${ROUNDS} rounds`)
if (!hasServer) console.log('redis-server is not installed: only the embedded engine is measured')
for (const name of hasServer ? ['server', 'embedded'] : ['embedded']) {
  console.log(`\n${name === 'server' ? 'redis-server (hz 100)' : 'embedded Valkey'}`)
  const engine = await startEngine(name)
  const redis = new Redis(engine.url, { retryStrategy: () => 50, maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  await fill(redis)
  await measureCatchingUp(engine.url, redis)
  await measureLatency(engine.url, redis)
  redis.disconnect()
  engine.stop()
}

/** As the record script writes it. */
function textOf(n) {
  const job = n % NARROW === 0 ? 'nightly' : 'hourly'
  const build = `quick-fox-${n}`
  const at = '2026-03-04T10:16:30.000Z'
  const about = {
    id: build,
    branch: 'main',
    sha: '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9',
    status: 'SUCCESS',
  }
  return JSON.stringify({
    specversion: '1.0',
    id: `shop/jobs/${job}/${build}#concluded`,
    source: 'buildwatchd/default',
    type: 'dev.buildwatchd.build.concluded.v1',
    subject: `shop/jobs/${job}/${build}`,
    time: at,
    datacontenttype: 'application/json',
    data: {
      build: { ...about, concluded: true, success: true, message: 'Mend the till', createdAt: at },
      ...{ seq: 4, from: 'UPLOADING', to: 'SUCCESS', outcome: 'success', observedAt: at, concludedAt: at },
      ...{ durationMs: 252_000, detectedAfterMs: 412, line: 'branch/main', verdict: 'still_passing' },
    },
  })
}

async function fill(redis) {
  await redis.hset('{buildwatch}:meta', 'dataset', 'bench')
  for (let start = 0; start < EVENTS; start += 1000) {
    const pipeline = redis.pipeline()
    for (let n = start; n < start + 1000; n += 1) pipeline.xadd(LOG, '*', 'event', textOf(n), 'routes', '[]')
    await pipeline.exec()
  }
}

async function measureCatchingUp(url, redis) {
  const ways = {
    'bare XREAD': () => bareXread(redis),
    followEvents: () => following(url, EVENTS, {}),
    'narrow match': () => following(url, EVENTS / NARROW, { project: 'shop', job: 'nightly' }),
  }
  const rounds = Object.fromEntries(Object.keys(ways).map((name) => [name, []]))
  // One round to warm up, and the order turned from round to round: what the machine does besides must strike all alike.
  for (let round = -1; round < ROUNDS; round += 1) {
    const names = Object.keys(ways)
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const cost = await costOf(ways[name])
      if (round >= 0) rounds[name].push(cost)
    }
  }
  const costs = (name, kind) => median(rounds[name].map((cost) => cost[kind]))
  for (const name of Object.keys(ways)) {
    const perSecond = Math.round(EVENTS / (costs(name, 'wallMs') / 1000)).toLocaleString('en')
    const [wall, cpu] = ['wallMs', 'cpuMs'].map((kind) => costs('bare XREAD', kind) / costs(name, kind))
    const eachUs = ((costs(name, 'cpuMs') / EVENTS) * 1000).toFixed(1)
    console.log(
      `  ${name.padEnd(14)} ${perSecond.padStart(9)} events/s ${percent(wall)}   reader's CPU ${eachUs} µs each ${percent(cpu)}`,
    )
  }
}

/** Time by the clock, and of the processor in this process: the second stays the same where others are busy. */
async function costOf(work) {
  const [at, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { wallMs: performance.now() - at, cpuMs: (user + system) / 1000 }
}

function percent(share) {
  return `${Math.round(share * 100)} %`.padStart(6)
}

async function bareXread(redis) {
  let [after, seen] = ['0-0', 0]
  for (;;) {
    const reply = await redis.xread('COUNT', 100, 'STREAMS', LOG, after)
    if (!reply) break
    for (const [id, fields] of reply[0][1]) {
      if (JSON.parse(fields[1]).id) seen += 1
      after = id
    }
  }
  if (seen !== EVENTS) throw new Error(`the bare loop saw ${seen} events`)
}

async function following(url, wanted, match) {
  let seen = 0
  for await (const item of followEvents({ redis: url, after: 'beginning', match })) {
    if (item.kind !== 'event') throw new Error(`a gap: ${item.because}`)
    seen += 1
    if (seen === wanted) break
  }
}

/** One event at a time, in turns: to whoever only subscribes, and to whoever follows. */
async function measureLatency(url, redis) {
  const subscriber = new Redis(url)
  await subscriber.psubscribe('buildwatch:events:*')
  const events = followEvents({ redis: url })
  // The first look is over when an event has come.
  const first = events.next()
  const isThere = first.then(() => true)
  for (let at = 0; !(await Promise.race([isThere, tell(redis, at)])); at += 1) await pause(20)
  const [heard, told] = [[], []]
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const bare = new Promise((resolve) =>
      subscriber.once('pmessage', (_pattern, _channel, text) => resolve(JSON.parse(text))),
    )
    const next = upTo(events, `b${sample}`)
    const at = performance.now()
    const noting = (list) => () => list.push(performance.now() - at)
    await Promise.all([tell(redis, `b${sample}`), bare.then(noting(heard)), next.then(noting(told))])
  }
  await events.return()
  subscriber.disconnect()
  for (const [name, list] of [
    ['bare SUBSCRIBE', heard],
    ['followEvents', told],
  ])
    console.log(`  ${name.padEnd(14)} p50 ${quantile(list, 0.5)}  p99 ${quantile(list, 0.99)}`)
}

async function upTo(events, build) {
  for (;;) {
    const { value } = await events.next()
    if (value.event.subject.endsWith(`/${build}`)) return
  }
}

/** Recorded and published in one step. */
async function tell(redis, build) {
  const subject = `shop/jobs/hourly/${build}`
  const text = JSON.stringify({ ...JSON.parse(textOf(1)), subject })
  await redis
    .multi()
    .xadd(LOG, '*', 'event', text, 'routes', '[]')
    .publish(`buildwatch:events:${subject}`, text)
    .exec()
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

function median(samples) {
  return samples.toSorted((a, b) => a - b)[Math.floor(samples.length / 2)]
}

function quantile(samples, share) {
  const value = samples.toSorted((a, b) => a - b)[Math.floor(samples.length * share)]
  return `${value.toFixed(2)} ms`
}
