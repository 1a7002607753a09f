/**
 * What npm installs with the package, from the lock alone: on every platform the same, those parts included that another one
 * would get.
 */
import { existsSync, readFileSync } from 'node:fs'
import { REPOSITORY } from './deployment-files.js'

interface Locked {
  readonly version: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly os?: readonly string[]
}

export type Lock = Readonly<Record<string, Locked>>

export interface RuntimePackage {
  /** `node_modules/…`, below the repository. */
  readonly path: string
  readonly name: string
  readonly version: string
  /** As the lock has it, which leaves it out of some packages of other platforms. */
  readonly licence?: string
  /** For some platforms only: the path of what asks for it, with which it is published. */
  readonly partOf?: string
}

function readLock(): Lock {
  return JSON.parse(readFileSync(`${REPOSITORY}package-lock.json`, 'utf8')).packages
}

/** By path. */
export function runtimePackages(lock: Lock = readLock()): RuntimePackage[] {
  const found = new Map<string, RuntimePackage>()
  const visit = (from: string): void => {
    for (const name of neededBy(lock[from])) {
      const path = placeOf(lock, from, name)
      const locked = path === undefined ? undefined : lock[path]
      if (path === undefined || locked === undefined || found.has(path)) continue
      const licence = locked.license === undefined ? {} : { licence: locked.license }
      const part = locked.os === undefined ? {} : { partOf: from }
      found.set(path, { path, name, version: locked.version, ...licence, ...part })
      visit(path)
    }
  }
  visit('')
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

function neededBy(locked: Locked | undefined): string[] {
  const { dependencies, optionalDependencies, peerDependencies = {}, peerDependenciesMeta } = locked ?? {}
  const peers = Object.keys(peerDependencies).filter((name) => !peerDependenciesMeta?.[name]?.optional)
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers]
}

/** As Node looks: beside the one that asks, then outwards. */
function placeOf(lock: Lock, from: string, name: string): string | undefined {
  const path = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (path in lock) return path
  if (from === '') return undefined
  return placeOf(lock, from.slice(0, Math.max(from.lastIndexOf('/node_modules/'), 0)), name)
}

export interface Installed {
  readonly version: string
  readonly license?: string
  readonly repository?: string | { readonly url: string }
}

/** `undefined` where it is not meant for this platform. */
export function installed({ path }: Pick<RuntimePackage, 'path'>): Installed | undefined {
  const manifest = `${REPOSITORY}${path}/package.json`
  return existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')) : undefined
}
