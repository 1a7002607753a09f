/** The package as npm packs it, and a project of somebody else's that has it. */
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { REPOSITORY } from './deployment-files.js'

export interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[]
  /** Bytes of the tarball. */
  readonly size: number
  /** Bytes of what is in it. */
  readonly unpackedSize: number
}

/** Without scripts: they would build `dist/` anew beneath the tests that run it. */
const PACK = ['pack', '--ignore-scripts']

export function listPacked(): Packed {
  const [packed]: Packed[] = JSON.parse(
    execFileSync('npm', [...PACK, '--dry-run', '--json'], { cwd: REPOSITORY, encoding: 'utf8' }),
  )
  if (packed === undefined) throw new Error('npm pack has packed nothing')
  return packed
}

/** What `npm pack` would put into the tarball, as a place in the file system. */
function packTo(directory: string): string {
  execFileSync('npm', [...PACK, '--pack-destination', directory], { cwd: REPOSITORY, stdio: 'ignore' })
  const [tarball = ''] = readdirSync(directory).filter((name) => name.endsWith('.tgz'))
  return join(directory, tarball)
}

/** A project in which the package and all that it needs are installed. */
export function projectWithPackage(): string {
  const home = mkdtempSync(join(tmpdir(), 'buildwatchd-packed-'))
  const modules = join(home, 'node_modules')
  mkdirSync(modules)
  execFileSync('tar', ['-xzf', packTo(home)], { cwd: home })
  renameSync(join(home, 'package'), join(modules, 'buildwatchd'))
  for (const name of readdirSync(`${REPOSITORY}node_modules`))
    if (!name.startsWith('.')) symlinkSync(`${REPOSITORY}node_modules/${name}`, join(modules, name))
  writeFileSync(join(home, 'package.json'), JSON.stringify({ type: 'module' }))
  return home
}

/**
 * The files as lines for people: what is compiled from a module of `src` stands for its folder alone, since a new module shows in
 * the change that adds it. All else stands by name, what a former build left in `dist` too.
 */
export function linesOf({ files }: Packed): string[] {
  return [...new Set(files.map(({ path }) => lineOf(path)))].sort()
}

function lineOf(path: string): string {
  const [, folder, module] = /^dist\/(.*\/)?([^/]+?)(?:\.d\.ts|\.js)$/.exec(path) ?? []
  const isCompiled = module !== undefined && existsSync(`${REPOSITORY}src/${folder ?? ''}${module}.ts`)
  return isCompiled ? `dist/${folder ?? ''}*.js, *.d.ts` : path
}
