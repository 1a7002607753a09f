/** Does with each delivery what the branch of its build says. */
const kept = []

const MOODS = {
  throw({ secrets }) {
    throw new Error(`out of order with ${secrets.token}`)
  },
  talk({ secrets, logger }) {
    const words = `${'x'.repeat(292)}${secrets.token}`
    logger.warn({}, words)
    throw new Error(words)
  },
  hang: () => new Promise(() => undefined),
  loop() {
    for (;;);
  },
  exit: () => process.exit(3),
  grow() {
    for (;;) kept.push(Array.from({ length: 1e6 }, Math.random))
  },
  nonsense: () => 42,
  async wait({ signal }) {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
  },
  later: ({ secrets }) => ({ kind: 'retry', reason: `not now ${secrets.token}`, retryAfterMs: 5000 }),
  environment: () => ({ kind: 'refused', reason: Object.keys(process.env).sort().join(' ') }),
}

export default {
  secrets: ['token'],
  options: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        'mood' in value ? { value } : { issues: [{ path: ['mood'], message: 'is missing; write a mood' }] },
    },
  },
  create({ name, options }) {
    return {
      async send({ event, idempotencyKey, attempt }, context) {
        const mood = MOODS[event.data.build.branch]
        if (mood) return mood(context)
        context.logger.info({ idempotencyKey, attempt }, 'taken')
        console.log('noise on stdout')
        return { kind: 'accepted', detail: `${name} ${options.mood} ${context.secrets.token.length}` }
      },
    }
  },
}
