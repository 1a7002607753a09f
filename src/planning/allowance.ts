/** The allowance of the simulated API: `limit` requests an hour, in fixed windows. Seconds. */
const WINDOW_S = 3600

export class Allowance {
  refusals = 0
  requests = 0
  #used = 0
  #windowEndS = WINDOW_S

  constructor(
    readonly limit: number,
    readonly reserve: number,
  ) {}

  facts(nowS: number): { remaining: number; resetInS: number } {
    this.#roll(nowS)
    return { remaining: this.limit - this.#used, resetInS: this.#windowEndS - nowS }
  }

  /** Whether the request was answered; the wall stands where the reserve begins. */
  ask(nowS: number): boolean {
    this.#roll(nowS)
    if (this.#used >= this.limit - this.reserve) {
      this.refusals += 1
      return false
    }
    this.#used += 1
    this.requests += 1
    return true
  }

  #roll(nowS: number): void {
    while (nowS >= this.#windowEndS) {
      this.#windowEndS += WINDOW_S
      this.#used = 0
    }
  }
}
