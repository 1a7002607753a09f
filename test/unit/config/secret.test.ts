import { rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { createSecret, fileReader, type SecretReader, templateReader } from '../../../src/config/secret.js'
import { folderOf } from './fixture.js'

const VALUE = 's3cret-value'

function secretOf(read: SecretReader, onSecret: (value: string) => void = () => {}) {
  return createSecret({ keyPath: 'accounts.default.token', read, onSecret })
}

describe('a secret', () => {
  test('shows itself in nothing that prints objects', () => {
    const secret = secretOf(templateReader('${TOKEN}', { TOKEN: VALUE }))
    const printed = [JSON.stringify({ secret }), inspect({ secret }), inspect(secret, { showHidden: true })]
    expect(printed).toEqual(['{"secret":"[secret]"}', '{ secret: [secret] }', '[secret]'])
  })

  test('tells each value that it reveals', async () => {
    const learnt: string[] = []
    const env: Record<string, string> = { TOKEN: VALUE }
    const secret = secretOf(templateReader('${TOKEN}', env), (value) => learnt.push(value))
    await secret.reveal()
    env['TOKEN'] = 'rotated'
    await secret.reveal()
    expect(learnt).toEqual([VALUE, 'rotated'])
  })

  test.each([
    [
      '${NOPE}',
      'accounts.default.token: the environment variable NOPE is not set; set it, or give a default where one will do: ${NOPE:-…}',
    ],
    ['${EMPTY}', 'accounts.default.token: is empty; write the secret alone into EMPTY'],
    [
      '${LINES}',
      'accounts.default.token: holds more than one line or a control character; write the secret alone into LINES',
    ],
  ])('of %s that cannot be read says why, and that trying again is no use', async (template, message) => {
    const secret = secretOf(templateReader(template, { EMPTY: '', LINES: 'a\nb' }))
    await expect(secret.reveal()).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      retryable: false,
      message,
    })
  })
})

describe('a secret in a file', () => {
  async function fileOf(content: string | Uint8Array) {
    const path = join(await folderOf({ token: content }), 'token')
    return { path, secret: secretOf(fileReader(path)) }
  }

  test.each([VALUE, `${VALUE}\n`, `${VALUE}\r\n`])(
    'is read without the end of its line: %j',
    async (content) => {
      const { secret } = await fileOf(content)
      expect(await secret.reveal()).toBe(VALUE)
    },
  )

  test('is read again when it was rewritten in place', async () => {
    const { path, secret } = await fileOf(VALUE)
    await secret.reveal()
    await writeFile(path, VALUE.toUpperCase())
    await utimes(path, 1, 1)
    expect(await secret.reveal()).toBe(VALUE.toUpperCase())
  })

  test('is read again when another file took its place, of the same size and time', async () => {
    const { path, secret } = await fileOf(VALUE)
    await utimes(path, 1, 1)
    await secret.reveal()
    await writeFile(`${path}.new`, VALUE.toUpperCase())
    await utimes(`${path}.new`, 1, 1)
    await rename(`${path}.new`, path)
    expect(await secret.reveal()).toBe(VALUE.toUpperCase())
  })

  test('that vanishes is an error worth trying again, and is read once it is back', async () => {
    const { path, secret } = await fileOf(VALUE)
    await secret.reveal()
    await rm(path)
    await expect(secret.reveal()).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      retryable: true,
      message: `accounts.default.token: ${path} cannot be read (ENOENT); make the file readable for this process`,
    })
    await writeFile(path, VALUE)
    expect(await secret.reveal()).toBe(VALUE)
  })

  test.each([
    ['is empty', ''],
    ['is empty', ' \n\n'],
    ['holds more than one line or a control character', 'one\ntwo\n'],
    ['holds more than one line or a control character', 'nul\0'],
    ['is not UTF-8', Buffer.from([0xff, 0xfe])],
    ['is too large', 'x'.repeat(65 * 1024)],
  ])('that %s is refused: %#', async (reason, content) => {
    const { path, secret } = await fileOf(content)
    await expect(secret.reveal()).rejects.toThrow(`accounts.default.token: ${path} ${reason}; `)
  })

  test('that is a folder is refused', async () => {
    const folder = await folderOf({})
    await expect(secretOf(fileReader(folder)).reveal()).rejects.toThrow(`${folder} is no regular file; `)
  })
})
