/** A binary heap of instants: what is due next. */
export class Timeline<Item> {
  readonly #entries: { readonly at: number; readonly item: Item }[] = []

  /** Infinity when nothing is due. */
  get nextAt(): number {
    return this.#entries[0]?.at ?? Infinity
  }

  add(at: number, item: Item): void {
    let child = this.#entries.length
    while (child > 0) {
      const parent = (child - 1) >> 1
      const above = this.#entries[parent]
      if (!above || above.at <= at) break
      this.#entries[child] = above
      child = parent
    }
    this.#entries[child] = { at, item }
  }

  /** `undefined` when nothing is due. */
  take(): Item | undefined {
    const [first] = this.#entries
    const last = this.#entries.pop()
    if (last && this.#entries.length > 0) this.#sink(last)
    return first?.item
  }

  #sink(entry: { readonly at: number; readonly item: Item }): void {
    let parent = 0
    for (;;) {
      const smaller = this.#smallerChildOf(parent)
      const below = this.#entries[smaller]
      if (!below || below.at >= entry.at) break
      this.#entries[parent] = below
      parent = smaller
    }
    this.#entries[parent] = entry
  }

  #smallerChildOf(parent: number): number {
    const left = 2 * parent + 1
    const [one, other] = [this.#entries[left], this.#entries[left + 1]]
    return one && other && other.at < one.at ? left + 1 : left
  }
}
