import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { afterEach, describe, expect, it, jest } from '@jest/globals'
import * as fc from 'fast-check'
import { ApiError, BuildwatchdError } from '../../../src/domain/errors.js'
import { createLogger, type LoggerOptions } from '../../../src/telemetry/logger.js'
import { createScrubber } from '../../../src/telemetry/scrubber.js'

const AT = Date.UTC(2026, 2, 4, 12, 34, 56, 789)
const SECRET = 'nf-token "äöü"/9\\n'

afterEach(() => {
  delete process.env.NO_COLOR
  jest.useRealTimers()
})

describe('createLogger, as JSON', () => {
  it('writes one object per line with time, level, fields and message', () => {
    const { logger, lines } = collect({ format: 'json' })
    logger.info({ builds: 3 }, 'swept')
    expect(JSON.parse(lines.join(''))).toEqual({
      time: '2026-03-04T12:34:56.789Z',
      level: 'info',
      builds: 3,
      msg: 'swept',
    })
  })

  it('drops lines below its level', () => {
    const { logger, lines } = collect({ format: 'json', level: 'warn' })
    logger.info({}, 'no')
    logger.warn({}, 'yes')
    expect(lines).toHaveLength(1)
  })

  it('writes errors with their code, status and chain of causes, and no stack for what has a code', () => {
    const { logger, lines } = collect({ format: 'json' })
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED' })
    logger.warn(
      { error: new ApiError('API_UNREACHABLE', 'away', { retryable: true, status: 502, cause }) },
      'x',
    )
    expect(JSON.parse(lines.join('')).error).toEqual({
      name: 'ApiError',
      code: 'API_UNREACHABLE',
      status: 502,
      message: 'away',
      cause: { name: 'Error', code: 'ECONNREFUSED', message: 'connect failed' },
    })
  })

  it('writes the stack of an error without a code', () => {
    const { logger, lines } = collect({ format: 'json' })
    logger.error({ err: new TypeError('x is not a function') }, 'a defect')
    expect(JSON.parse(lines.join('')).err.stack).toContain('logger.test')
  })

  it('survives causes that go round in a circle', () => {
    const { logger, lines } = collect({ format: 'json' })
    const error = new Error('egg')
    error.cause = new Error('hen', { cause: error })
    logger.error({ error }, 'round')
    expect(JSON.parse(lines.join('')).error.cause.message).toBe('hen')
  })

  it('gives a child the fields of its parent, errors among them too', () => {
    const { logger, lines } = collect({ format: 'json' })
    logger.child({ account: 'a', why: new BuildwatchdError('USAGE', 'odd') }).info({ target: 't' }, 'm')
    expect(JSON.parse(lines.join(''))).toMatchObject({ account: 'a', why: { code: 'USAGE' }, target: 't' })
  })

  it('escapes what would act on a terminal or turn the reading direction', () => {
    const { logger, lines } = collect({ format: 'json' })
    logger.info({ branch: '\u001b[2Jx\u009b1m\u202ey\u2028z' }, 'hostile')
    expect(lines.join('')).toMatch(/^[\x20-\x7e]+\n$/)
    expect(JSON.parse(lines.join('')).branch).toBe('\u001b[2Jx\u009b1m\u202ey\u2028z')
  })

  it('leaves a line out rather than write broken JSON or a secret', () => {
    const { logger, lines } = collect({ format: 'json' }, 'nsecret')
    logger.info({}, 'before\nsecret')
    expect(JSON.parse(lines.join(''))).toMatchObject({
      level: 'info',
      msg: expect.stringContaining('left out'),
    })
  })
})

describe('createLogger, in words', () => {
  it('writes time, level, message and fields on one line', () => {
    const { logger, lines } = collect({ format: 'words' })
    logger.info({ build: 'shop/jobs/nightly', note: 'two words', count: 2, list: [1, 'a'] }, 'recorded')
    expect(lines).toEqual([
      '12:34:56 info  recorded  build=shop/jobs/nightly note="two words" count=2 list="1, a"\n',
    ])
  })

  it('writes errors with code, message and causes', () => {
    const { logger, lines } = collect({ format: 'words' })
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    logger.warn({ error: new BuildwatchdError('REDIS_UNREACHABLE', 'no Redis', { cause }) }, 'trouble')
    expect(lines.join('')).toBe(
      '12:34:56 warn  trouble  error="REDIS_UNREACHABLE: no Redis; caused by ECONNREFUSED: refused"\n',
    )
  })

  it('says where a defect happened', () => {
    const { logger, lines } = collect({ format: 'words' })
    logger.error({ error: new TypeError('oh') }, 'm')
    expect(lines.join('')).toMatch(/error="TypeError: oh at .*logger\.test/)
  })

  it('keeps hostile text on one line and visible', () => {
    const { logger, lines } = collect({ format: 'words' })
    logger.info({ branch: 'a\n12:00:00 error forged' }, 'x\u001b[31m\r')
    expect(lines.join('')).toMatch(/^[\x20-\x7e]+\n$/)
  })

  it('is what a terminal gets from `auto`, and JSON what anything else gets', () => {
    const terminal = collect({ format: 'auto', isTTY: true, colour: false })
    const pipe = collect({ format: 'auto' })
    terminal.logger.info({}, 'm')
    pipe.logger.info({}, 'm')
    expect(terminal.lines).toEqual(['12:34:56 info  m\n'])
    expect(JSON.parse(pipe.lines.join('')).msg).toBe('m')
  })

  it('colours the level on a terminal only', () => {
    const terminal = collect({ format: 'words', isTTY: true })
    const pipe = collect({ format: 'words' })
    terminal.logger.error({}, 'm')
    pipe.logger.error({}, 'm')
    expect(terminal.lines.join('')).toContain('\u001b[31merror\u001b[0m')
    expect(pipe.lines.join('')).not.toContain('\u001b')
  })

  it('honours NO_COLOR', () => {
    process.env.NO_COLOR = '1'
    const { logger, lines } = collect({ format: 'words', isTTY: true })
    logger.error({}, 'm')
    expect(lines.join('')).not.toContain('\u001b')
  })
})

describe('createLogger and secrets', () => {
  it.each(['json', 'words'] as const)('lets no secret survive in any logged object (%s)', (format) => {
    const secrets = fc
      .string({ minLength: 6, maxLength: 30 })
      .filter((text) => !JSON.stringify(text).includes('secret'))
    // Letters, so that no value of the arbitrary object is the secret's beginning or end by chance.
    const wrapped = (secret: string) =>
      fc
        .tuple(fc.object({ maxDepth: 2 }), fc.constantFrom('a', 'url', 'error', 'text', 'nested', 'key'))
        .map(([noise, place]) => ({
          noise,
          a: place === 'a' ? secret : 0,
          url: place === 'url' ? `https://x.test/?t=${encodeURIComponent(secret)}` : 0,
          error: place === 'error' ? new Error(`bad ${secret}`, { cause: new Error(secret) }) : 0,
          text: place === 'text' ? JSON.stringify({ deep: secret }) : 0,
          nested: place === 'nested' ? [{ headers: { authorization: `Bearer ${secret}` } }] : 0,
          ...(place === 'key' ? { [secret]: 1 } : {}),
        }))
    fc.assert(
      fc.property(
        secrets
          .map((tail) => `S3#${tail}#`)
          .chain((secret) => fc.tuple(fc.constant(secret), wrapped(secret))),
        ([secret, fields]) => {
          const { logger, lines } = collect({ format }, secret)
          logger.info(fields, `with ${secret}`)
          expect(lines).toHaveLength(1)
          expect(lines.join('')).not.toContain(secret)
          expect(lines.join('')).not.toContain(JSON.stringify(secret).slice(1, -1))
          expect(lines.join('')).not.toContain(encodeURIComponent(secret))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('hides a secret in a message, in an error and in a child', () => {
    const { logger, lines } = collect({ format: 'words' }, SECRET)
    logger.child({ token: SECRET }).error({ error: new Error(SECRET) }, `using ${SECRET}`)
    expect(lines.join('')).not.toContain('äöü')
    expect(lines.join('').match(/\[secret\]/g)?.length).toBeGreaterThanOrEqual(3)
  })
})

describe('createLogger on a failing stream', () => {
  it('goes on when the reader has gone away', () => {
    const gone = new EventEmitter()
    const stream = Object.assign(gone, { write: () => gone.emit('error', new Error('EPIPE')) })
    const logger = createLogger({
      ...basics(),
      format: 'json',
      stream: Object.assign(new PassThrough(), stream),
    })
    expect(() => logger.info({}, 'm')).not.toThrow()
  })

  it('goes on when writing throws', async () => {
    const stream = new PassThrough()
    stream.write = () => {
      throw new Error('closed')
    }
    const logger = createLogger({ ...basics(), format: 'json', stream })
    logger.info({}, 'm')
    await expect(logger.flush()).resolves.toBeUndefined()
  })

  it('flush waits until what was logged is written', async () => {
    const written: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        setImmediate(() => {
          written.push(String(chunk))
          done()
        })
      },
    })
    const logger = createLogger({ ...basics(), format: 'words', stream })
    logger.info({}, 'last words')
    await logger.flush()
    expect(written.join('')).toContain('last words')
  })

  it('flush gives up on a reader that stopped reading', async () => {
    jest.useFakeTimers()
    const stream = new Writable({ write: () => undefined })
    const logger = createLogger({ ...basics(), format: 'json', stream })
    logger.info({}, 'stuck')
    const flushed = logger.flush()
    await jest.advanceTimersByTimeAsync(1000)
    await expect(flushed).resolves.toBeUndefined()
  })
})

function basics() {
  return { level: 'debug', scrubber: createScrubber(), clock: { now: () => AT } } as const
}

function collect(
  options: Pick<LoggerOptions, 'format'> & Partial<LoggerOptions> & { isTTY?: boolean },
  ...secrets: string[]
) {
  const lines: string[] = []
  const scrubber = createScrubber()
  secrets.forEach((secret) => scrubber.add(secret))
  const stream = Object.assign(new PassThrough(), { isTTY: options.isTTY === true })
  stream.setEncoding('utf8').on('data', (line: string) => lines.push(line))
  return { logger: createLogger({ ...basics(), ...options, scrubber, stream }), lines }
}
