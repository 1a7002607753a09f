/** The allowance of a simulated account: `limit` requests an hour, in fixed windows. Epoch ms. */
const WINDOW_MS = 3_600_000

export class Allowance {
  requests = 0
  #used = 0
  #windowEndAt: number
  readonly #limit: number

  constructor(limit: number, startAt: number) {
    this.#limit = limit
    this.#windowEndAt = startAt + WINDOW_MS
  }

  facts(now: number): { remaining: number; resetInMs: number } {
    this.#roll(now)
    return { remaining: this.#limit - this.#used, resetInMs: this.#windowEndAt - now }
  }

  spend(now: number): void {
    this.#roll(now)
    this.#used += 1
    this.requests += 1
  }

  #roll(now: number): void {
    while (now >= this.#windowEndAt) {
      this.#windowEndAt += WINDOW_MS
      this.#used = 0
    }
  }
}
