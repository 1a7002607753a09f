export interface GuestMemory {
  view(): DataView
  /** A window, not a copy. */
  slice(pointer: number, length: number): Uint8Array
  text(pointer: number, length: number): string
}

/**
 * The engine's linear memory. When it grows, its buffer is detached and every view of it becomes useless: ask for a view at
 * each call and never keep one across a call into the engine.
 */
export function createGuestMemory(memory: () => { readonly buffer: ArrayBuffer }): GuestMemory {
  const decoder = new TextDecoder()
  let bytes = new Uint8Array(0)
  let view = new DataView(bytes.buffer)
  const refresh = (): void => {
    const { buffer } = memory()
    if (bytes.buffer === buffer) return
    bytes = new Uint8Array(buffer)
    view = new DataView(buffer)
  }
  // An i32 arrives signed: above 2 GiB a pointer would be negative.
  const slice = (pointer: number, length: number): Uint8Array => {
    refresh()
    return bytes.subarray(pointer >>> 0, (pointer >>> 0) + length)
  }
  return {
    view() {
      refresh()
      return view
    },
    slice,
    text: (pointer, length) => decoder.decode(slice(pointer, length)),
  }
}
