#!/usr/bin/env node
/**
 * Proves that the tests guard what they are said to guard: each mutant is one line of the code made wrong, and the test that is
 * named beside it must fail with it, and with nothing but it. Works on a copy; the tree itself is not touched.
 *   npm run mutants [-- <part of a description>]
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const [wanted = ''] = process.argv.slice(2)
const mutants = JSON.parse(readFileSync(new URL('mutants.json', import.meta.url), 'utf8'))
const chosen = mutants.filter(({ what }) => what.includes(wanted))
const copy = copyOfTree()
let failed = 0
try {
  for (const mutant of chosen) {
    const verdict = judge(mutant)
    if (verdict !== 'caught') failed += 1
    console.log(
      `${verdict === 'caught' ? 'caught ' : `FAILED (${verdict})`} ${mutant.what}\n        by ${mutant.caughtBy.join(' › ')}`,
    )
  }
} finally {
  rmSync(copy, { recursive: true, force: true })
}
console.log(
  `\nTests:       ${failed > 0 ? `${failed} failed, ` : ''}${chosen.length - failed} passed, ${chosen.length} total`,
)
process.exitCode = failed > 0 ? 1 : 0

function copyOfTree() {
  const dir = mkdtempSync(join(tmpdir(), 'buildwatchd-mutants-'))
  for (const part of ['src', 'test', 'config', 'docs', 'package.json', 'jest.config.js'])
    cpSync(join(root, part), join(dir, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'))
  return dir
}

function judge({ file, from, to, caughtBy: [testFile, name] }) {
  const path = join(copy, file)
  const source = readFileSync(path, 'utf8')
  if (source.split(from).length !== 2) return `its line is not once in ${file}`
  const before = outcomes(testFile, name)
  if (before.failed > 0 || before.passed === 0) return 'its test does not pass without it'
  writeFileSync(
    path,
    source.replace(from, () => to),
  )
  const after = outcomes(testFile, name)
  writeFileSync(path, source)
  if (after.passed + after.failed === 0) return 'its test could not be run'
  return after.failed > 0 ? 'caught' : 'its test passes all the same'
}

function outcomes(testFile, name) {
  const { stdout } = spawnSync(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--no-warnings=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--json',
      '--forceExit',
      testFile,
      '-t',
      name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'),
    ],
    { cwd: copy, encoding: 'utf8', maxBuffer: 1 << 28 },
  )
  const { numPassedTests: passed = 0, numFailedTests: failures = 0 } = JSON.parse(stdout || '{}')
  return { passed, failed: failures }
}
