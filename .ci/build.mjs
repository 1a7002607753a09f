#!/usr/bin/env node
// Builds dist/: TypeScript through tsc, then the files that tsc does not carry (Lua scripts, trace data). A build that fails
// leaves the last good one in place.
//   --if-missing   do nothing when dist/main.js is there already            (npm start, npm test)
//   --if-possible  do nothing when the compiler is not installed            (prepare, in production installs)
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const dist = join(root, 'dist')
const fresh = join(root, `dist.${process.pid}`)
const flags = process.argv.slice(2)

if (flags.includes('--if-missing') && existsSync(join(dist, 'main.js'))) process.exit(0)
if (!existsSync(compiler)) {
  if (flags.includes('--if-possible')) process.exit(0)
  console.error('The TypeScript compiler is not installed. Run `npm ci` first.')
  process.exit(1)
}

const compiled = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', fresh], {
  cwd: root,
  stdio: 'inherit',
})
if (compiled.status !== 0) {
  rmSync(fresh, { recursive: true, force: true })
  process.exit(compiled.status ?? 1)
}
cpSync(join(root, 'src'), fresh, { recursive: true, filter: (path) => !path.endsWith('.ts') })
chmodSync(join(fresh, 'main.js'), 0o755)
rmSync(dist, { recursive: true, force: true })
renameSync(fresh, dist)
