/**
 * Runs a program of the user's own and gives it the event on stdin. Off unless whoever starts the daemon permits it, because
 * whoever may change the settings could run anything. There is no shell: an argument is an argument, whatever stands in it.
 */
import { isAbsolute } from 'node:path'
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { OutgoingDelivery, Secret } from '../domain/ports.js'
import { safeText } from '../domain/safe-text.js'
import { startDeadline } from './deadline.js'
import { resultOfRun } from './exec-result.js'
import { httpOptions, parseTimeoutMs } from './http-options.js'
import { defineNotifierKind, type NotifierSettings } from './notifier-kind.js'
import { runProgram } from './run-program.js'

/** What a program needs to find others and to speak the user's language; nothing that is likely to be a secret. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'TZ']
const LONGEST_ARGUMENT = 4096
const MOST = 100

const options = z.strictObject({
  command: z
    .array(noNul(z.string().max(LONGEST_ARGUMENT)))
    .min(1)
    .max(MOST)
    .refine(([program = '']) => isFindable(program), {
      message: 'must be an absolute path, or the name of a program in PATH',
      path: [0],
    })
    .describe('The program and its arguments, as a list; it reads the event as JSON on stdin.'),
  env: z
    .record(z.string(), noNul(z.string().max(LONGEST_ARGUMENT)))
    .superRefine((env, context) => {
      for (const name of Object.keys(env)) {
        const problem = nameProblem(name)
        if (problem !== undefined) context.addIssue({ code: 'custom', path: [name], message: problem })
      }
    })
    .default({})
    .describe('Variables for the program, beside PATH, HOME, LANG, TZ and those that tell of the event.'),
  timeout: httpOptions.timeout.describe('How long the program may take, 1ms to 60s; then it is ended.'),
})

type ExecOptions = z.output<typeof options>

export const execKind = defineNotifierKind({
  type: 'exec',
  summary: 'Runs a program with the event on stdin, if BUILDWATCHD_ALLOW_EXEC=1 permits it.',
  reaches: 'process',
  options,
  secrets: [
    {
      name: 'secret',
      required: false,
      describe: 'A secret for the program, which finds it in BUILDWATCHD_SECRET.',
    },
  ],
  sample: (_endpoint, secret) => ({
    options: { command: ['logger', '--tag', 'builds'] },
    secrets: { secret },
  }),
  create(settings, { allowExec }) {
    const { name, options } = settings
    if (!allowExec) throw forbidden(name)
    return {
      isPlain: true,
      render: ({ event }) => JSON.stringify(event),
      async send(outgoing, { signal }) {
        const secret = await revealed(name, settings.secrets.secret)
        const env = { ...environment(settings, outgoing), ...(secret && { BUILDWATCHD_SECRET: secret }) }
        const deadline = startDeadline(parseTimeoutMs(options.timeout), signal)
        try {
          const run = await runProgram(
            { command: options.command, env, input: outgoing.body },
            deadline.signal,
          )
          return resultOfRun(run, {
            because: deadline.endedBecause(),
            secrets: [secret ?? '', ...Object.values(options.env)],
          })
        } finally {
          deadline.clear()
        }
      },
    }
  },
})

function forbidden(name: string): BuildwatchdError {
  const cure = 'start buildwatchd with BUILDWATCHD_ALLOW_EXEC=1 in its environment to permit it'
  return new BuildwatchdError('CONFIG_INVALID', `notifiers.${name}.type: exec would run a program; ${cure}`)
}

function environment(
  { options }: NotifierSettings<ExecOptions>,
  { delivery, idempotencyKey }: OutgoingDelivery,
): Record<string, string> {
  const { id, type } = delivery.event
  return {
    ...Object.fromEntries(INHERITED.flatMap((name) => entryOf(name, process.env[name]))),
    ...options.env,
    BUILDWATCHD_IDEMPOTENCY_KEY: idempotencyKey,
    BUILDWATCHD_EVENT_ID: safeText(id),
    BUILDWATCHD_EVENT_TYPE: type,
  }
}

function entryOf(name: string, value: string | undefined): [string, string][] {
  return value === undefined ? [] : [[name, value]]
}

function noNul(text: z.ZodString): z.ZodString {
  return text.regex(/^[^\0]*$/, 'holds a NUL character, which no program can be given')
}

/** A relative path would be looked for in `/`, where the program is started. */
function isFindable(program: string): boolean {
  return program !== '' && (isAbsolute(program) || !program.includes('/'))
}

function nameProblem(name: string): string | undefined {
  if (!/^[A-Za-z_]\w{0,100}$/.test(name)) return 'is no name of a variable'
  return name.startsWith('BUILDWATCHD_') ? 'is set by buildwatchd itself; choose another name' : undefined
}

/** Read anew at each attempt. */
async function revealed(name: string, secret: Secret | undefined): Promise<string | undefined> {
  const value = await secret?.reveal()
  if (!value?.includes('\0')) return value
  throw new BuildwatchdError(
    'SECRET_UNREADABLE',
    `notifiers.${name}.secret: holds a NUL character, which no program can be given`,
  )
}
