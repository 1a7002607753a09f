/** What a notifier owes to an endpoint that gives no whole answer. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { sampleEvent } from '../../domain/sample-events.js'
import { type ContractBench, reasonIn, type Sent } from './contract-bench.js'
import type { Duty } from './contract-check.js'
import { cut, endless, hang } from './receiver.js'

const EVENT = sampleEvent('failure', Date.UTC(2026, 2, 4, 10, 16, 30, 412))
/** How soon after the signal the connection must be gone; ms. */
const LETTING_GO_MS = 1000

export const PATIENCE_DUTIES: readonly Duty[] = [
  {
    name: 'ends by itself where the endpoint hangs, to be tried again',
    needs: 'endpoint',
    silent: true,
    async check(bench, { answerWith }) {
      answerWith(hang)
      assertRetry(await sendInTime(bench), 'an endpoint that hangs')
    },
  },
  {
    name: 'lets go of the connection when told to stop, to be tried again',
    needs: 'endpoint',
    async check(bench, { answerWith }) {
      const stop = new AbortController()
      const arrived = new Promise<ServerResponse>((resolve) => answerWith(resolve))
      const sending = bench.send(EVENT, { signal: stop.signal })
      const response = await Promise.race([arrived, sending])
      assert.ok('socket' in response, 'the attempt ended without a request')
      const closed = once(response, 'close').then(() => true)
      stop.abort()
      assertRetry(await sending, 'an attempt told to stop')
      const letGo = await Promise.race([closed, pause(LETTING_GO_MS, false)])
      assert.ok(letGo, `the connection was held ${LETTING_GO_MS} ms after the signal`)
    },
  },
  {
    name: 'is not held by an error body without end',
    needs: 'endpoint',
    async check(bench, { answerWith }) {
      answerWith(endless(503))
      const { result } = await sendInTime(bench)
      assert.notEqual(result.kind, 'accepted', 'HTTP 503 was taken for accepted')
    },
  },
  {
    name: 'is tried again where the connection was cut before an answer',
    needs: 'endpoint',
    async check(bench, { answerWith }) {
      answerWith(cut)
      assertRetry(await bench.send(EVENT), 'a connection cut')
    },
  },
]

async function sendInTime(bench: ContractBench): Promise<Sent> {
  const startedAt = performance.now()
  const sent = await bench.send(EVENT)
  const tookMs = Math.round(performance.now() - startedAt)
  assert.ok(tookMs < bench.limitMs, `it took ${tookMs} ms, of ${bench.limitMs} ms that an attempt may take`)
  return sent
}

function assertRetry({ result }: Sent, what: string): void {
  assert.equal(result.kind, 'retry', `${what} came to ${result.kind}: ${reasonIn(result)}`)
}
