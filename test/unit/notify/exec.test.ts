import { describe, expect, it } from '@jest/globals'
import { execKind } from '../../../src/notify/exec.js'
import { resultOfRun } from '../../../src/notify/exec-result.js'
import { NO_TOOLS } from '../../support/notifier-tools.js'

describe('the settings of exec', () => {
  it('are refused with the place and the cure while nobody permits programs', () => {
    expect(() => made({ command: ['true'] }, false)).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message:
          'notifiers.deploy.type: exec would run a program; start buildwatchd with BUILDWATCHD_ALLOW_EXEC=1 in its environment to permit it',
      }),
    )
  })

  it.each([
    [{ command: [] }, 'notifiers.deploy.command'],
    [{ command: 'rm -rf /' }, 'notifiers.deploy.command'],
    [{ command: [''] }, 'notifiers.deploy.command.0: must be an absolute path'],
    [{ command: ['./deploy'] }, 'notifiers.deploy.command.0: must be an absolute path'],
    [{ command: ['bin/deploy'] }, 'notifiers.deploy.command.0: must be an absolute path'],
    [{ command: ['deploy', 'a\0b'] }, 'notifiers.deploy.command.1: holds a NUL character'],
    [{ command: ['deploy'], env: { 'A B': 'c' } }, 'notifiers.deploy.env.A B: is no name of a variable'],
    [{ command: ['deploy'], env: { A: 'b\0' } }, 'notifiers.deploy.env.A: holds a NUL character'],
    [
      { command: ['deploy'], env: { BUILDWATCHD_EVENT_ID: 'x' } },
      'notifiers.deploy.env.BUILDWATCHD_EVENT_ID: is set by buildwatchd itself',
    ],
    [{ command: ['deploy'], timeout: '2m' }, 'notifiers.deploy.timeout: must be a duration'],
    [{ command: ['deploy'], shell: true }, 'notifiers.deploy'],
  ])('refuse %j and say where', (options, message) => {
    expect(() => made(options, true)).toThrow(message)
  })

  it.each([{ command: ['deploy'] }, { command: ['/opt/deploy', '--now', '$(id)'], env: { A: '' } }])(
    'take %j',
    (options) => {
      expect(() => made(options, true)).not.toThrow()
    },
  )
})

describe('what a run of a program came to', () => {
  const said = (text: string, isCut = false) =>
    resultOfRun(
      { ended: { kind: 'exited', code: 1 }, stderr: { text, isCut } },
      { because: undefined, secrets: ['hunter2-hunter2'] },
    )

  it('ends with the last words on stderr, of bounded length', () => {
    const result = said(`${'noise '.repeat(2000)}disk full`)
    expect(result).toEqual({ kind: 'retry', reason: expect.stringMatching(/^exit code 1: ….*disk full$/) })
    expect(JSON.stringify(result).length).toBeLessThan(330)
  })

  it('hides a secret, and shows escapes for what they are', () => {
    const result = said('the key is hunter2-hunter2, \u001b[2J')
    expect(result).toEqual({ kind: 'retry', reason: String.raw`exit code 1: the key is [secret], \u001b[2J` })
  })

  it('leaves out what may be the rest of a secret where stderr was cut', () => {
    expect(JSON.stringify(said(`ter2-hunter2 ${'x'.repeat(200)} end`, true))).not.toContain('ter2')
    expect(said('ter2', true)).toEqual({ kind: 'retry', reason: 'exit code 1' })
  })
})

function made(options: object, allowExec: boolean) {
  const tools = { ...NO_TOOLS, allowExec }
  return execKind.create({ name: 'deploy', options, secrets: {} }, tools)
}
