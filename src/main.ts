#!/usr/bin/env node
import type { Writable } from 'node:stream'
import { runCli } from './cli/program.js'

const { stdout, stderr, env } = process
// Without a listener a reader that goes away (`| head -1`) would end the process, a daemon too, with a stack trace. What
// could not be written is asked about where it matters.
for (const stream of [stdout, stderr]) stream.on('error', () => undefined)
const exitCode = await runCli(process.argv.slice(2), { stdout, stderr, env })

// Without this a command would outlive its end: BullMQ leaves timers behind when it is stopped while Redis is away.
await Promise.all([stdout, stderr].map(flushed))
process.exit(exitCode)

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
