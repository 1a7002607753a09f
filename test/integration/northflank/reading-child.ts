import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { transformFile } from '@swc/core'

const ROOT = resolve(import.meta.dirname, '../../..')

/** What the child prints. */
export type ChildResult =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly retryable: boolean }

const PROGRAM = `
import { createNorthflankClient } from './src/northflank/client.js'
const client = createNorthflankClient({ baseUrl: process.env.API_URL, token: { reveal: async () => 'a-token' }, lean: process.env.LEAN === 'true' })
const ref = { project: 'p', kind: 'jobs', resource: 'j', build: 'b-1' }
const result = await client.getBuild(ref).then(
  ({ build }) => ({ ok: true, id: build.id }),
  ({ code, message, retryable }) => ({ ok: false, code, message, retryable }),
)
console.log(JSON.stringify(result))
await client.close()
`

/** Compiles the room into `dir` and answers a function that does one read in a Node process of its own. */
export async function prepareChild(
  dir: string,
): Promise<(env: Record<string, string>) => Promise<ChildResult>> {
  for (const room of ['domain', 'northflank']) await compileRoom(room, dir)
  await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'))
  await cp(join(ROOT, 'package.json'), join(dir, 'package.json'))
  const program = join(dir, 'read.js')
  await writeFile(program, PROGRAM)
  return async (env) => {
    // Node reads NODE_EXTRA_CA_CERTS once, at its start: hence the process.
    const { stdout } = await promisify(execFile)(process.execPath, [program], { env, timeout: 15_000 })
    const result: ChildResult = JSON.parse(stdout)
    return result
  }
}

async function compileRoom(room: string, dir: string): Promise<void> {
  const from = join(ROOT, 'src', room)
  const to = join(dir, 'src', room)
  await mkdir(to, { recursive: true })
  const sources = (await readdir(from)).filter((name) => name.endsWith('.ts'))
  for (const name of sources) {
    const jsc = { parser: { syntax: 'typescript' }, target: 'es2022' } as const
    const { code } = await transformFile(join(from, name), { jsc, module: { type: 'es6' }, swcrc: false })
    await writeFile(join(to, name.replace(/\.ts$/, '.js')), code)
  }
}
