import { describe, expect, it } from '@jest/globals'
import { array, assert, constant, nat, oneof, property, record, uint8Array } from 'fast-check'
import { createMemoryFile } from '../../../src/embedded/memory-files.js'

const step = oneof(
  record({
    kind: constant('write' as const),
    at: nat(300),
    bytes: uint8Array({ maxLength: 100 }),
  }),
  record({ kind: constant('resize' as const), to: nat(300) }),
)

function read(file: ReturnType<typeof createMemoryFile>, offset: number, length: number): number[] {
  const target = new Uint8Array(length)
  return [...target.subarray(0, file.read(offset, target))]
}

describe('a file in memory', () => {
  it('holds the same bytes as a plain array after any writes and resizes', () => {
    assert(
      property(uint8Array({ maxLength: 50 }), array(step), nat(350), (initial, steps, offset) => {
        const file = createMemoryFile(initial.slice())
        let model = [...initial]
        for (const each of steps) {
          const size = each.kind === 'resize' ? each.to : Math.max(model.length, each.at + each.bytes.length)
          const untouched = each.kind === 'write' && each.bytes.length === 0 && each.at > model.length
          if (each.kind === 'resize') file.resize(each.to)
          else file.write(each.at, each.bytes)
          model = Array.from({ length: untouched ? each.at : size }, (_, index) => model[index] ?? 0)
          if (each.kind === 'write') model.splice(each.at, each.bytes.length, ...each.bytes)
        }
        expect([...file.content()]).toEqual(model)
        expect(file.size()).toBe(model.length)
        expect(read(file, offset, 64)).toEqual(model.slice(offset, offset + 64))
      }),
    )
  })

  it('does not show bytes again that were cut off', () => {
    const file = createMemoryFile(Uint8Array.of(1, 2, 3))
    file.resize(1)
    file.resize(3)
    expect([...file.content()]).toEqual([1, 0, 0])
  })
})
