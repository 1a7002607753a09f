/**
 * What the container would be, without a container engine: the image's folder, rebuilt in a scratch folder that nobody may
 * write to, and the command lines of docker-compose.yml and the Dockerfile run in it, word by word, as an unprivileged user.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DaemonProcess, startDaemon } from '../../support/daemon-process.js'
import { eventually } from '../../support/eventually.js'
import { type RealRedis, startRealRedis } from '../../support/real-redis.js'
import { execForm, finalStage, REPOSITORY, readCompose, readDockerfile } from './deployment-files.js'

export interface Running {
  output(): string
  /** Resolves with the exit code when it has ended. */
  readonly ended: Promise<number | null>
  terminate(): Promise<number | null>
}

export interface Deployment {
  readonly redis: RealRedis
  /** Runs words such as `node dist/main.js health` in the image's folder. */
  run(words: readonly string[], redisUrl?: string): Running
  /** Everything in the folder that a process could have written. */
  files(): Promise<string[]>
  close(): Promise<void>
}

/** The build that the deployed watchlist names. */
export const BUILD_KEY = 'shop/jobs/nightly/quick-fox-1'

const { services } = readCompose()
export const REDIS_FLAGS = services.redis.command?.slice(1) ?? []
export const DAEMON_COMMAND = execForm(
  finalStage(readDockerfile()).find(({ word }) => word === 'CMD')?.rest ?? '[]',
)
export const HEALTH_COMMAND = services.buildwatchd.healthcheck?.test.slice(1) ?? []

export async function openDeployment(): Promise<Deployment> {
  const dir = await mkdtemp(join(tmpdir(), 'buildwatchd-deployed-'))
  const redis = await startRealRedis({ args: REDIS_FLAGS })
  const simulator = startDaemon({
    args: ['simulate', '--port', '0', '--time-scale', '600', '--build', BUILD_KEY],
    cwd: dir,
  })
  const app = join(dir, 'app')
  const started: ChildProcess[] = []

  async function close(): Promise<void> {
    for (const child of started) child.kill('SIGKILL')
    await Promise.all([redis.stop(), simulator.kill9()])
    await chmod(app, 0o755).catch(() => undefined)
    await rm(dir, { recursive: true, force: true })
  }

  try {
    await layOut(app, await addressOf(simulator))
    await chmod(dir, 0o755)
  } catch (error) {
    await close()
    throw error
  }
  return {
    redis,
    close,
    run(words, redisUrl = redis.url) {
      const child = start(words, { cwd: app, env: environment(redisUrl) })
      started.push(child)
      return watched(child)
    },
    files: async () => (await readdir(app, { recursive: true })).sort(),
  }
}

/** The folders that the Dockerfile copies together, with the settings that ship: but for the API's address, and one watch. */
async function layOut(app: string, apiUrl: string): Promise<void> {
  await mkdir(app)
  for (const name of ['package.json', 'node_modules', 'dist'])
    await symlink(join(REPOSITORY, name), join(app, name))
  await cp(join(REPOSITORY, 'config'), join(app, 'config'), { recursive: true })
  const settings = join(app, 'config', 'buildwatchd.yaml')
  const shipped = await readFile(settings, 'utf8')
  await writeFile(settings, shipped.replace(/# base_url: .*/, `base_url: ${apiUrl}`))
  const [project, , job, build] = BUILD_KEY.split('/')
  await writeFile(
    join(app, 'config', 'watchlists', 'deployed.yaml'),
    `watches: [{ project: ${project}, job: ${job}, build: ${build}, max_interval: 2s }]\n`,
  )
  await chmod(app, 0o555)
}

async function addressOf(simulator: DaemonProcess): Promise<string> {
  const { text } = await simulator.line(/http:\/\/127\.0\.0\.1:\d+/)
  return /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? ''
}

/** What the compose file sets, with the values that a person would have given it. */
function environment(redisUrl: string): NodeJS.ProcessEnv {
  const given: Record<string, string> = { NORTHFLANK_API_TOKEN: 'a-token', REDIS_URL: redisUrl }
  const entries = Object.entries(services.buildwatchd.environment ?? {})
  const values = entries.map(([name, value]) => [name, given[name] ?? /:-(.*)\}$/.exec(value)?.[1] ?? value])
  return { PATH: process.env['PATH'], NODE_ENV: 'production', ...Object.fromEntries(values) }
}

const [UID = 0, GID = 0] = (services.buildwatchd.user ?? '').split(':').map(Number)

/** Root can become the compose file's user, where that one may read this checkout. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const user = { uid: UID, gid: GID }
  const probe = spawnSync(process.execPath, ['--check', join(REPOSITORY, 'dist/main.js')], user)
  if (probe.status === 0) return user
  process.stderr.write(`runs as root: user ${UID} may not read ${REPOSITORY} or ${process.execPath}\n`)
  return {}
}

function start(
  [program, ...args]: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): ChildProcess {
  if (program !== 'node') throw new Error(`the image starts node, not ${program}`)
  return spawn(process.execPath, args, { ...options, ...unprivileged(), stdio: ['ignore', 'pipe', 'pipe'] })
}

function watched(child: ChildProcess): Running {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  const killOnExit = (): void => void child.kill('SIGKILL')
  process.once('exit', killOnExit)
  const ended = once(child, 'close').then(() => {
    process.off('exit', killOnExit)
    return child.exitCode
  })
  return {
    output: () => output,
    ended,
    async terminate() {
      child.kill('SIGTERM')
      await eventually(() => child.exitCode !== null || child.signalCode !== null, {
        what: 'its exit',
        withinMs: 25_000,
        evidence: () => output,
      })
      return ended
    },
  }
}
