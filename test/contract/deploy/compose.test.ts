import { describe, expect, it } from '@jest/globals'
import { type ComposeService, readCompose, readFile } from './deployment-files.js'

const { services, volumes } = readCompose()
const EACH: [string, ComposeService][] = Object.entries(services)

describe.each(EACH)('the service %s in docker-compose.yml', (_name, service) => {
  it('runs as a user who is not root, by number', () => {
    expect(service.user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  it('has a read-only root, no capabilities, and gains no privileges', () => {
    expect(service).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    })
  })

  it('has a health check that needs no shell', () => {
    expect(service.healthcheck?.test[0]).toBe('CMD')
  })

  it('comes back after a crash and a reboot', () => {
    expect(service.restart).toBe('unless-stopped')
  })

  it('opens no port to the host', () => {
    expect(service.ports).toBeUndefined()
  })
})

describe('docker-compose.yml', () => {
  it('gives Redis append-only persistence, a fast timer and no eviction', () => {
    const flags = services.redis.command?.slice(1).join(' ')
    expect(flags).toBe('--appendonly yes --hz 100 --maxmemory-policy noeviction')
  })

  it("keeps Redis' data in a named volume", () => {
    const [name = ''] = services.redis.volumes?.[0]?.split(':') ?? []
    expect(Object.keys(volumes)).toContain(name)
  })

  it('pins the image of Redis to a version', () => {
    expect(services.redis.image).toMatch(/:\d+\.\d+/)
  })

  it('starts the daemon when Redis is healthy', () => {
    expect(services.buildwatchd.depends_on).toEqual({ redis: { condition: 'service_healthy' } })
  })

  it('lets the daemon finish what is in hand', () => {
    const [, seconds] = /^(\d+)s$/.exec(services.buildwatchd.stop_grace_period ?? '') ?? []
    expect(Number(seconds)).toBeGreaterThanOrEqual(25)
  })

  it('asks the daemon itself how it is, never npm', () => {
    expect(services.buildwatchd.healthcheck?.test).toEqual(['CMD', 'node', 'dist/main.js', 'health'])
  })

  it('mounts the settings read-only', () => {
    expect(services.buildwatchd.volumes).toEqual(['./config:/app/config:ro'])
  })

  it('takes the token from the environment and names it when it is missing', () => {
    const token = services.buildwatchd.environment?.['NORTHFLANK_API_TOKEN']
    expect(token).toMatch(/^\$\{NORTHFLANK_API_TOKEN:\?.+\}$/)
  })

  it('holds no secret', () => {
    const suspects = readFile('docker-compose.yml')
      .split('\n')
      .filter((line) => /^\s*\w*(TOKEN|SECRET|PASSWORD|KEY)\w*\s*[:=]/i.test(line))
    expect(suspects.filter((line) => !line.includes('${'))).toEqual([])
    expect(readFile('docker-compose.yml')).not.toMatch(/:\/\/[^/\s]*:[^/\s]*@/)
  })
})
