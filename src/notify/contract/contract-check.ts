import assert from 'node:assert/strict'
import { secretForms } from '../../domain/secret-forms.js'
import type { BenchSource, ContractBench } from './contract-bench.js'
import { type Receiver, startReceiver } from './receiver.js'

/** One duty of a notifier, to be run as a test of any framework. */
export interface ContractCheck {
  /** A sentence. */
  readonly name: string
  /** Rejects with an AssertionError that says what was found. May take as long as one attempt does. */
  readonly run: () => Promise<void>
}

export interface Duty {
  readonly name: string
  /** `endpoint`: it is checked only where there is an HTTP endpoint to look from. */
  readonly needs: 'endpoint' | 'nothing'
  /** The endpoint says nothing. */
  readonly silent?: boolean
  readonly check: (bench: ContractBench, receiver: Receiver) => Promise<void>
}

/** Each check has an endpoint and a notifier of its own, so none sees what another left behind. */
export function checkOf({ name, check, silent = false }: Duty, source: BenchSource): ContractCheck {
  return {
    name,
    async run() {
      const receiver = await startReceiver()
      const bench = source.open({ origin: receiver.origin, silent })
      try {
        await check(bench, receiver)
      } finally {
        await bench.close()
        await receiver.close()
      }
    },
  }
}

/** Throws where a secret stands in the text, in any of its forms; `where` names the text. */
export function assertNoSecret({ secrets }: ContractBench, where: string, text: string): void {
  const shown = secrets.flatMap(secretForms).some((form) => text.includes(form))
  assert.ok(!shown, `a secret, as it is or encoded, stands in ${where}`)
}
