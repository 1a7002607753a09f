import { expect, it } from '@jest/globals'
import { createValkeyLog } from '../../../src/embedded/valkey-log.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

function logged(...pieces: string[]): [string, string][] {
  const logger = createRecordingLogger()
  const { print } = createValkeyLog(logger)
  for (const piece of pieces) print(Buffer.from(piece))
  return logger.lines.map(({ level, message }) => [level, message])
}

it('logs what the engine notes for debugging, without its own time and process id', () => {
  expect(logged('42:M 24 Nov 2026 10:00:00.000 * Ready to accept connections tcp\n')).toEqual([
    ['debug', 'Ready to accept connections tcp'],
  ])
})

it('logs warnings of the engine as warnings', () => {
  expect(logged('42:M 24 Nov 2026 10:00:00.000 # Out of memory\n')).toEqual([['warn', 'Out of memory']])
})

it('does not warn of what every start on 32 bits brings', () => {
  const line = '42:M 24 Nov 2026 10:00:00.000 # Warning: 32 bit instance detected but no memory limit set.\n'
  expect(logged(line)).toEqual([['debug', expect.stringContaining('32 bit')]])
})

it('puts lines together from pieces, even inside a character', () => {
  const bytes = Buffer.from('1:M 24 Nov 2026 10:00:00.000 * naïve\nplain words\n')
  const cut = bytes.indexOf(0xc3) + 1
  const logger = createRecordingLogger()
  const { print } = createValkeyLog(logger)
  print(bytes.subarray(0, cut))
  print(bytes.subarray(cut))
  expect(logger.lines.map(({ message }) => message)).toEqual(['naïve', 'plain words'])
})

it('keeps the last words', () => {
  const log = createValkeyLog(createRecordingLogger())
  log.print(Buffer.from('1\n2\n3\n4\n5\n6\n'))
  expect(log.lastWords()).toBe('2 / 3 / 4 / 5 / 6')
})
