/**
 * A bounded map in two generations: what is asked for in the elder one moves to the younger, and when that holds half of what
 * may be held it becomes the elder, and the elder goes. An exact order of use would cost more than to look things up does.
 */
export class RecentlyUsed<Value> {
  readonly #most: number
  #younger = new Map<string, Value>()
  #elder = new Map<string, Value>()

  constructor(most: number) {
    this.#most = most
  }

  /** Counts twice what has moved and has not gone yet. */
  get size(): number {
    return this.#younger.size + this.#elder.size
  }

  get(key: string): Value | undefined {
    const value = this.#younger.get(key)
    if (value !== undefined) return value
    const older = this.#elder.get(key)
    if (older !== undefined) this.set(key, older)
    return older
  }

  set(key: string, value: Value): void {
    this.#younger.set(key, value)
    if (this.#younger.size < this.#most / 2) return
    this.#elder = this.#younger
    this.#younger = new Map()
  }
}
