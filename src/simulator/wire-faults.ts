/**
 * How an answer goes through the wire when it does not simply go. These write to Node's own response, because a web
 * `Response` can neither stop half-way nor reset its connection. Whatever waits here ends with the connection.
 */
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Answer } from './answer.js'
import type { FaultAt, FaultParameters } from './fault-rule.js'

interface Sending {
  readonly answer: Answer
  readonly outgoing: ServerResponse
  readonly parameters: FaultParameters
}

const MIB = 2 ** 20
const CHUNK = 'x'.repeat(64 * 1024)

const WAYS: Readonly<Record<FaultAt<'wire'>, (sending: Sending) => void>> = {
  hang: () => undefined,
  cut({ answer, outgoing }) {
    const body = Buffer.from(answer.body)
    writeHead(answer, outgoing, { 'content-length': String(body.length + 1) })
    outgoing.write(body.subarray(0, Math.ceil(body.length / 2)), () => outgoing.socket?.resetAndDestroy())
  },
  drip({ answer, outgoing, parameters }) {
    const body = Buffer.from(answer.body)
    writeHead(answer, outgoing, { 'content-length': String(body.length) })
    let sent = 0
    const next = (): void => {
      if (sent >= body.length) return void outgoing.end()
      outgoing.write(body.subarray(sent, sent + 1))
      sent += 1
      timer.refresh()
    }
    const timer = setTimeout(next, parameters.delayMs ?? 1000)
    outgoing.once('close', () => clearTimeout(timer))
    next()
  },
  late({ answer, outgoing, parameters }) {
    const timer = setTimeout(() => send(answer, outgoing), parameters.delayMs ?? 1000)
    outgoing.once('close', () => clearTimeout(timer))
  },
  bomb({ answer, outgoing, parameters }) {
    writeHead(answer, outgoing, { 'content-encoding': 'gzip' })
    pour(pipeline(hugeBuild(parameters.bytes ?? 64 * MIB), createGzip(), outgoing))
  },
  huge({ answer, outgoing, parameters }) {
    writeHead(answer, outgoing, {})
    pour(pipeline(hugeBuild(parameters.bytes ?? 4 * MIB), outgoing))
  },
}

export function sendFaulty(kind: FaultAt<'wire'>, sending: Sending): void {
  WAYS[kind](sending)
}

export function send(answer: Answer, outgoing: ServerResponse): void {
  writeHead(
    answer,
    outgoing,
    answer.body === '' ? {} : { 'content-length': String(Buffer.byteLength(answer.body)) },
  )
  outgoing.end(answer.body)
}

function writeHead(answer: Answer, outgoing: ServerResponse, more: Readonly<Record<string, string>>): void {
  outgoing.writeHead(answer.status, { ...answer.headers, ...more })
}

/** Valid to its last byte, so that only a limit on size refuses it. */
function hugeBuild(bytes: number): Readable {
  const head = '{"data":{"id":"huge","concluded":true,"status":"SUCCESS","message":"'
  const tail = '"}}'
  return Readable.from(
    (function* () {
      yield head
      let left = bytes - head.length - tail.length
      for (; left > 0; left -= CHUNK.length) yield CHUNK.slice(0, left)
      yield tail
    })(),
  )
}

/** A reader that has enough hangs up, which is what is hoped for. */
function pour(flow: Promise<void>): void {
  flow.catch(() => undefined)
}
