/** A binary heap of instants: what is due next. */
export class Timeline<Item> {
  readonly #at: number[] = []
  readonly #items: Item[] = []

  get nextAt(): number {
    return this.#at[0] ?? Infinity
  }

  add(at: number, item: Item): void {
    let child = this.#at.length
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (this.#at[parent]! <= at) break
      this.#put(child, this.#at[parent]!, this.#items[parent]!)
      child = parent
    }
    this.#put(child, at, item)
  }

  take(): Item {
    const first = this.#items[0]!
    const [at, item] = [this.#at.pop()!, this.#items.pop()!]
    if (this.#at.length > 0) this.#sink(at, item)
    return first
  }

  #sink(at: number, item: Item): void {
    const size = this.#at.length
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      if (child >= size) break
      if (child + 1 < size && this.#at[child + 1]! < this.#at[child]!) child += 1
      if (this.#at[child]! >= at) break
      this.#put(parent, this.#at[child]!, this.#items[child]!)
      parent = child
    }
    this.#put(parent, at, item)
  }

  #put(place: number, at: number, item: Item): void {
    this.#at[place] = at
    this.#items[place] = item
  }
}
