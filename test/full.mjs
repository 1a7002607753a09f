#!/usr/bin/env node
// What `npm run test:full` runs: every scenario of test/e2e at its full size, the mutants that the tests must catch, then
// the benchmark. Arguments go to jest.
// The summary that jest prints is counted by .ci/run.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const jest = [
  '--experimental-vm-modules',
  '--no-warnings=ExperimentalWarning',
  join(root, 'node_modules/jest/bin/jest.js'),
]

function run(args, env = {}) {
  const { status } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return status ?? 1
}

const tested = run([...jest, 'test/e2e', ...process.argv.slice(2)], { BW_FULL: '1' })
const guarded = run([join(root, 'test/mutants/run.mjs')])
const measured = run([join(root, 'bench/daemon.mjs')])
process.exitCode = tested || guarded || measured
