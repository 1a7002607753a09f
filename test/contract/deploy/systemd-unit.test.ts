import { describe, expect, it } from '@jest/globals'
import { EXIT } from '../../../src/cli/exit-codes.js'
import { readUnit } from './deployment-files.js'

const UNIT = readUnit()

function setting(key: string): string {
  const values = UNIT.get(key) ?? []
  expect(values).toHaveLength(1)
  return values[0] ?? ''
}

describe('the systemd unit', () => {
  it('starts the daemon with node by absolute paths', () => {
    const [program, script, ...args] = setting('ExecStart').split(' ')
    expect([program, script]).toEqual(['/usr/bin/node', '/opt/buildwatchd/dist/main.js'])
    expect(args).toEqual(['run', '-c', '/etc/buildwatchd/buildwatchd.yaml'])
  })

  it('waits for no notification, for the daemon sends none', () => {
    expect(setting('Type')).toBe('exec')
    expect(UNIT.has('WatchdogSec')).toBe(false)
  })

  it('lets the daemon finish what is in hand', () => {
    expect(setting('KillSignal')).toBe('SIGTERM')
    expect(Number(setting('TimeoutStopSec'))).toBeGreaterThanOrEqual(25)
  })

  it('reloads by the signal at which the daemon reads its files again', () => {
    expect(setting('ExecReload')).toBe('/bin/kill -HUP $MAINPID')
  })

  it('starts it again after a crash, and not after a configuration error', () => {
    expect(setting('Restart')).toBe('on-failure')
    expect(setting('RestartPreventExitStatus')).toBe(String(EXIT.usage))
  })

  it('takes secrets from a file and not from the unit', () => {
    expect(setting('EnvironmentFile')).toMatch(/^\//)
    expect(UNIT.has('Environment')).toBe(false)
  })

  it('works where it may write', () => {
    expect(setting('WorkingDirectory')).toBe(`/var/lib/${setting('StateDirectory')}`)
  })

  it('runs unprivileged in a sandbox', () => {
    expect(setting('DynamicUser')).toBe('yes')
    expect(setting('CapabilityBoundingSet')).toBe('')
    expect(setting('ProtectSystem')).toBe('strict')
    for (const key of [
      'NoNewPrivileges',
      'ProtectHome',
      'PrivateTmp',
      'PrivateDevices',
      'RestrictNamespaces',
    ])
      expect([key, setting(key)]).toEqual([key, 'yes'])
  })

  it('may do what the daemon needs: compile code, talk to networks, read the boot id', () => {
    expect(UNIT.has('MemoryDenyWriteExecute')).toBe(false)
    expect(UNIT.has('ProcSubset')).toBe(false)
    expect(UNIT.has('PrivateNetwork')).toBe(false)
    expect(setting('RestrictAddressFamilies').split(' ')).toEqual(
      expect.arrayContaining(['AF_INET', 'AF_INET6']),
    )
  })
})
