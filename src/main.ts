#!/usr/bin/env node
import type { Writable } from 'node:stream'
import { runCli } from './cli/program.js'

const { stdout, stderr, env } = process
const exitCode = await runCli(process.argv.slice(2), { stdout, stderr, env })

// Without this a command would outlive its end: BullMQ leaves timers behind when it is stopped while Redis is away.
await Promise.all([stdout, stderr].map(flushed))
process.exit(exitCode)

function flushed(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
