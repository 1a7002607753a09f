import { Allowance } from '../../src/planning/allowance.js'
import type { Run, Setting } from './baselines.js'

const MIN_STEP_S = 2

interface Waiting {
  readonly index: number
  readonly askedS: number
}

/** Whoever was asked longest ago comes next, as fast as what is left of the window allows. */
export function fairShare(setting: Setting): Run {
  return new Round(setting).run()
}

class Round {
  readonly #setting: Setting
  readonly #api: Allowance
  readonly #latencies: Float64Array
  readonly #queue = new Queue()
  #started = 0
  #nowS = 0
  #servedS = 0

  constructor(setting: Setting) {
    this.#setting = setting
    this.#api = new Allowance(setting.limit, setting.reserve)
    this.#latencies = new Float64Array(setting.arrivals.length)
  }

  run(): Run {
    const { arrivals } = this.#setting
    for (;;) {
      const startS = arrivals[this.#started]?.startS ?? Infinity
      const first = this.#queue.first
      if (!first && startS === Infinity) break
      const serveS = first ? this.#servableAt(first) : Infinity
      const windowEndS = this.#nowS + this.#api.facts(this.#nowS).resetInS
      this.#nowS = Math.min(startS, serveS, windowEndS)
      if (this.#nowS === startS) this.#start()
      else if (this.#nowS === serveS) this.#serve()
    }
    const { requests, refusals } = this.#api
    return { latencies: this.#latencies, requests, refusals, endS: this.#nowS }
  }

  #servableAt({ askedS }: Waiting): number {
    const { remaining, resetInS } = this.#api.facts(this.#nowS)
    const left = remaining - this.#setting.reserve
    return left < 1 ? Infinity : Math.max(this.#nowS, askedS + MIN_STEP_S, this.#servedS + resetInS / left)
  }

  #start(): void {
    this.#queue.add({ index: this.#started, askedS: this.#nowS })
    this.#started += 1
  }

  #serve(): void {
    const { index } = this.#queue.take()
    this.#api.ask(this.#nowS)
    this.#servedS = this.#nowS
    const { endS } = this.#setting.arrivals[index]!
    if (endS <= this.#nowS) this.#latencies[index] = this.#nowS - endS
    else this.#queue.add({ index, askedS: this.#nowS })
  }
}

/** First in, first out; what was taken is dropped now and then. */
class Queue {
  #items: Waiting[] = []
  #head = 0

  get first(): Waiting | undefined {
    return this.#items[this.#head]
  }

  add(item: Waiting): void {
    this.#items.push(item)
  }

  take(): Waiting {
    const taken = this.#items[this.#head]!
    this.#head += 1
    if (this.#head > 10_000) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return taken
  }
}
