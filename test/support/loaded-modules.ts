/** Which modules a Node process of its own has loaded by its end. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** Writes the address of each module to a stream that nothing else writes to. */
const HOOKS = `
  import { writeSync } from 'node:fs'
  export async function load(url, context, next) {
    writeSync(2, url + '\\n')
    return next(url, context)
  }`
/** Fetch is no module, but what Node has inside for it is loaded at its first use; some versions load it for other reasons too. */
const REGISTER = `
  import { register } from 'node:module'
  register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOKS)}))
  const { fetch } = globalThis
  globalThis.fetch = (...args) => {
    console.error('node:fetch')
    return fetch(...args)
  }`

export interface Loaded {
  /** Addresses of files; `node:fetch` where fetch has been used. */
  readonly urls: string[]
  /** Names of npm packages, each once, in the order in which they came. */
  readonly packages: string[]
  readonly stdout: string
}

/** Rejects when the process does not exit 0. */
export async function loadedModules(
  args: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Loaded> {
  const hooks = `data:text/javascript,${encodeURIComponent(REGISTER)}`
  const { PATH = '' } = process.env
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['--import', hooks, ...args], {
    cwd,
    env: { PATH, ...env },
    timeout: 25_000,
  })
  const urls = stderr.split('\n').filter((line) => /^(?:file:|node:fetch$)/.test(line))
  const names = urls.flatMap((url) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [])
  return { urls, packages: [...new Set(names)], stdout }
}
