/** Answers that no web framework gives: they need the bare socket. */
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** Starts the answer, sends half of it and resets the connection. */
export function cutAnswer(response: ServerResponse, body: string, headers: Record<string, string>): void {
  response.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.write(body.slice(0, body.length / 2), () => response.socket?.resetAndDestroy())
}

/** One byte at a time, until it is all there or the other side has had enough. */
export function dripAnswer(response: ServerResponse, body: Buffer, intervalMs: number): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  let sent = 0
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + 1))
    sent += 1
    if (sent === body.length) response.end()
  }, intervalMs)
  response.on('close', () => clearInterval(timer))
}

/** Little to send, much to unpack. */
export function bombAnswer(response: ServerResponse, bytes: number): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
  response.end(gzipSync(Buffer.alloc(bytes, ' ')))
}
