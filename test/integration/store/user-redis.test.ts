import { once } from 'node:events'
import { createServer, type Server, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { openUserRedis } from '../../../src/store/user-redis.js'
import { makeCertificate } from '../../support/certificate.js'
import { describeEachRedis } from '../../support/redis-engines.js'

const HOST = 'redis.example.com'
const LOOPBACK = '127.0.0.1'
const patient = () => new AbortController().signal

describeEachRedis('a Redis of the user', (engine) => {
  const open = (url: string, addresses = [LOOPBACK]) => openUserRedis({ url, addresses, signal: patient() })
  const named = (rest = '') => `redis://${HOST}:${new URL(engine.url()).port}${rest}`

  it('is connected to by its addresses, and by no name', async () => {
    const redis = await open(named())
    await redis.write([['SET', 'a', 'b']])
    redis.close()
    expect(await engine.connect().get('a')).toBe('b')
  })

  it('is found at a later address when nobody is at the first', async () => {
    const redis = await open(named(), ['::1', LOOPBACK])
    await redis.write([['SET', 'a', 'b']])
    redis.close()
    expect(await engine.connect().get('a')).toBe('b')
  })

  it('is written to in the database that its address names', async () => {
    const redis = await open(named('/3'))
    await redis.write([['SET', 'a', 'b']])
    redis.close()
    expect(await engine.connect().get('a')).toBeNull()
    expect(await engine.connect({ db: 3 }).get('a')).toBe('b')
  })

  it('knows a user by name', async () => {
    await engine.connect().acl('SETUSER', 'ann', 'on', '>p%ss word', '~a', '+set')
    const redis = await open(named().replace('//', '//ann:p%25ss%20word@'))
    await redis.write([['SET', 'a', 'b']])
    await expect(redis.write([['SET', 'other', 'b']])).rejects.toThrow(/^NOPERM/)
    redis.close()
    await engine.connect().acl('DELUSER', 'ann')
  })

  it('does all of several commands or none', async () => {
    const redis = await open(named())
    await expect(
      redis.write([
        ['SET', 'a', 'b'],
        ['NO-SUCH-COMMAND', 'a'],
      ]),
    ).rejects.toThrow(/^ERR unknown command/)
    redis.close()
    expect(await engine.connect().get('a')).toBeNull()
  })

  it('says why when a command of several fails as it is carried out', async () => {
    const redis = await open(named())
    await redis.write([['SET', 'a', 'b']])
    await expect(
      redis.write([
        ['RPUSH', 'a', 'c'],
        ['LTRIM', 'a', '-1', '-1'],
      ]),
    ).rejects.toThrow(/^WRONGTYPE/)
    redis.close()
  })

  it('is left when the signal fires', async () => {
    const stop = new AbortController()
    const redis = await openUserRedis({ url: named(), addresses: [LOOPBACK], signal: stop.signal })
    const waiting = redis.write([['BLPOP', 'nothing', '0']])
    stop.abort()
    await expect(waiting).rejects.toThrow('Connection is closed')
  })
})

const certificate = makeCertificate(HOST)
const describeWithTls = certificate === undefined ? describe.skip : describe

describeWithTls('a Redis of the user, by rediss://', () => {
  let server: Server
  let said: string[]
  let names: unknown[]
  const sockets = new Set<TLSSocket>()
  beforeEach(async () => {
    said = []
    names = []
    server = createServer({ ...certificate }, (socket) => {
      sockets.add(socket)
      names.push(socket.servername)
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        said.push(data.toString())
        socket.write('+OK\r\n')
      })
    })
    server.on('tlsClientError', () => undefined)
    server.listen(0, LOOPBACK)
    await once(server, 'listening')
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  })

  const open = (host: string, authorities?: string) => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('the server does not listen')
    const url = `rediss://:sesame@${host}:${address.port}`
    const place = { url, addresses: [LOOPBACK], signal: patient() }
    return openUserRedis(place, authorities === undefined ? {} : { authorities })
  }

  it('is checked by the name in its address', async () => {
    const redis = await open(HOST, certificate?.cert)
    redis.close()
    expect(names).toEqual([HOST])
    expect(said.join('')).toContain('sesame')
  })

  it.each([
    ['of nobody known', HOST, undefined, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['for another name', 'redis.example.net', certificate?.cert, 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ])('is told nothing when its certificate is %s', async (_what, host, authorities, code) => {
    await expect(open(host, authorities)).rejects.toMatchObject({ code })
    expect(said).toEqual([])
  })
})
