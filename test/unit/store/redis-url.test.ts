import { describe, expect, it } from '@jest/globals'
import { parseRedisUrl, redactUrl } from '../../../src/store/redis-url.js'

describe('a Redis address', () => {
  it.each([
    ['redis://localhost', { host: 'localhost', port: 6379, db: 0 }],
    ['redis://10.0.0.5:6380/3', { host: '10.0.0.5', port: 6380, db: 3 }],
    ['redis://[::1]:6379', { host: '::1', port: 6379, db: 0 }],
    ['redis://:p%40ss%2Fword@h', { host: 'h', port: 6379, db: 0, password: 'p@ss/word' }],
    ['redis://me:pw@h', { host: 'h', port: 6379, db: 0, username: 'me', password: 'pw' }],
    ['rediss://h:6380', { host: 'h', port: 6380, db: 0, tls: { servername: 'h' } }],
    ['rediss://10.0.0.5', { host: '10.0.0.5', port: 6379, db: 0, tls: {} }],
  ])('%s is understood', (url, options) => {
    expect(parseRedisUrl(url)).toEqual(options)
  })

  it.each(['', 'localhost:6379', 'http://h', 'redis:', 'redis://h/name'])('%s is refused', (url) => {
    expect(() => parseRedisUrl(url)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }))
  })

  it('is not repeated in the refusal, for it may hold a password', () => {
    expect(() => parseRedisUrl('http://me:hunter2@h')).not.toThrow('hunter2')
    expect(() => parseRedisUrl('http://me:hunter2@h')).toThrow('redis://')
  })

  it.each([
    ['redis://me:hunter2@h:6379/1', 'redis://h:6379/1'],
    ['rediss://:hunter2@h?password=hunter2', 'rediss://h'],
    ['no address hunter2', '(unreadable address)'],
  ])('%s is shown without what is secret in it', (url, shown) => {
    expect(redactUrl(url)).toBe(shown)
  })
})
