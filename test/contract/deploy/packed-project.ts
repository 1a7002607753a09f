import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { REPOSITORY } from './deployment-files.js'

/** A project of somebody else's, in which the package and all that it needs are installed. */
export function projectWithPackage(): string {
  const home = mkdtempSync(join(tmpdir(), 'buildwatchd-packed-'))
  const modules = join(home, 'node_modules')
  mkdirSync(modules)
  const pack = ['pack', '--ignore-scripts', '--pack-destination', home]
  execFileSync('npm', pack, { cwd: REPOSITORY, stdio: 'ignore' })
  const [tarball = ''] = readdirSync(home).filter((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', tarball], { cwd: home })
  renameSync(join(home, 'package'), join(modules, 'buildwatchd'))
  for (const name of readdirSync(`${REPOSITORY}node_modules`))
    if (!name.startsWith('.')) symlinkSync(`${REPOSITORY}node_modules/${name}`, join(modules, name))
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module' }))
  return home
}

/** As strictly as their own code, the declarations of the package included. Rejects with what the compiler says. */
export async function compileIn(home: string, file: string): Promise<void> {
  const compiler = `${REPOSITORY}node_modules/typescript/bin/tsc`
  const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node']
  const env = { PATH: process.env['PATH'] }
  await promisify(execFile)(process.execPath, [compiler, ...flags, file], { cwd: home, env })
}
