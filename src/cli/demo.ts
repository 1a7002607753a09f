import type { Daemon } from '../app/daemon.js'
import { setDemoStage } from '../app/demo.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'
import { runDaemon } from './run-daemon.js'

/** `demo`: what `npm start` runs. Everything a person is to read goes to stdout. */
export async function demo(io: CliIo): Promise<number> {
  const say = (line: string) => void io.stdout.write(`${line}\n`)
  const stage = await setDemoStage(io.env, say)
  try {
    const { settings } = stage
    if (settings.kind === 'invalid') {
      for (const problem of settings.problems) io.stderr.write(`error: ${problem}\n`)
      return EXIT.usage
    }
    const { watches, redis } = settings.configuration
    say(
      `buildwatchd demo: a simulated Northflank, an embedded Valkey, a webhook receiver and the daemon, in one process.`,
    )
    say(`It follows the ${watches.length} watches of ${stage.file}: six builds, over within 15 seconds.`)
    const exitCode = await runDaemon(settings, io, {
      onStarted: (daemon) => say(listenWords(daemon, redis.prefix)),
      endsUnread: true,
    })
    say('The demo has ended, and leaves nothing behind. Your own builds: README.md')
    return exitCode
  } finally {
    await stage.close()
  }
}

function listenWords({ redisUrl }: Daemon, prefix: string): string {
  return [
    `Redis: ${redisUrl}`,
    `Listen from another terminal:  redis-cli -u ${redisUrl} psubscribe '${prefix}:events:*'`,
    `Read what has happened so far: redis-cli -u ${redisUrl} xrange '{${prefix}}:events' - +`,
    'Ctrl-C ends it.',
    '',
  ].join('\n')
}
