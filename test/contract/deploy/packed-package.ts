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
import { dirname, join } from 'node:path'
import { REPOSITORY } from './deployment-files.js'
import { runtimePackages } from './runtime-packages.js'

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

/** What someone who compiles against it has besides. */
const TYPES = ['@types', 'undici-types']

/**
 * A project in which the package is installed, with what it asks for and nothing else. Its path has a blank and letters beyond ASCII.
 * npm itself links the executable; it is not asked to install, for it would ask its registry.
 */
export function projectWithPackage(): string {
  const home = mkdtempSync(join(tmpdir(), 'buildwatchd päckchen '))
  const modules = join(home, 'node_modules')
  mkdirSync(modules)
  execFileSync('npm', [...PACK, '--pack-destination', home], { cwd: REPOSITORY, stdio: 'ignore' })
  const [tarball = ''] = readdirSync(home).filter((name) => name.endsWith('.tgz'))
  execFileSync('tar', ['-xzf', tarball], { cwd: home })
  renameSync(join(home, 'package'), join(modules, 'buildwatchd'))
  // Nested ones come with those that they are nested in.
  const names = runtimePackages().flatMap(
    ({ path }) => path.slice('node_modules/'.length).split('/node_modules/')[0] ?? [],
  )
  for (const name of new Set([...names, ...TYPES])) linkInto(modules, name)
  const manifest = { type: 'module', dependencies: { buildwatchd: '*' } }
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest))
  execFileSync('npm', ['rebuild', '--ignore-scripts', '--offline', 'buildwatchd'], {
    cwd: home,
    stdio: 'ignore',
  })
  return home
}

function linkInto(modules: string, name: string): void {
  const target = `${REPOSITORY}node_modules/${name}`
  // Not what other platforms get.
  if (!existsSync(target)) return
  mkdirSync(dirname(join(modules, name)), { recursive: true })
  symlinkSync(target, join(modules, name))
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
