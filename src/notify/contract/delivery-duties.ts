/** What a notifier owes when it sends, as far as it can be seen from its result and from an endpoint that answers. */
import assert from 'node:assert/strict'
import { sampleEvent } from '../../domain/sample-events.js'
import { type ContractBench, reasonIn } from './contract-bench.js'
import { assertNoSecret, type Duty } from './contract-check.js'
import { cut, echo, type Receiver, startReceiver, status, statusThenCut } from './receiver.js'

const NOW = Date.UTC(2026, 2, 4, 10, 16, 30, 412)
const EVENT = sampleEvent('failure', NOW)

/** Not 204: there are services that say by it that nobody was told. */
const GOOD = [200, 201, 202]
const BAD = [400, 401, 403, 404, 409, 410, 413, 422, 429, 500, 502, 503, 504]
const REDIRECTS = [301, 302, 303, 307, 308]
const ATTEMPTS = [1, 2, 3]

/** For those that reach no HTTP endpoint, in place of all that need one. */
export function takesDelivery(leftOut: number): Duty {
  return {
    name: `takes a delivery; ${leftOut} checks are left out, for it reaches no HTTP endpoint to check from`,
    needs: 'nothing',
    check: (bench) => assertAccepted(bench, 'a delivery'),
  }
}

export const DELIVERY_DUTIES: readonly Duty[] = [
  {
    name: 'sends a delivery exactly once where it is taken',
    needs: 'endpoint',
    async check(bench, { received, answerWith }) {
      for (const [index, code] of GOOD.entries()) {
        answerWith(status(code))
        await assertAccepted(bench, `HTTP ${code}`)
        const requests = received.length - index
        assert.equal(requests, 1, `one delivery made ${requests} requests`)
      }
    },
  },
  {
    name: 'is not accepted where the endpoint refuses, throttles or fails',
    needs: 'endpoint',
    async check(bench, { answerWith }) {
      for (const code of BAD) {
        answerWith(status(code))
        const { result } = await bench.send(EVENT)
        assert.notEqual(result.kind, 'accepted', `HTTP ${code} was taken for accepted`)
      }
    },
  },
  {
    name: 'follows no redirect, and does not take it for acceptance',
    needs: 'endpoint',
    async check(bench, receiver) {
      const elsewhere = await startReceiver()
      try {
        for (const code of REDIRECTS) await assertNotFollowed(bench, { receiver, elsewhere, code })
      } finally {
        await elsewhere.close()
      }
    },
  },
  {
    name: 'sends the idempotency key, in a header or in the body',
    needs: 'endpoint',
    async check(bench, { received }) {
      const { idempotencyKey } = await bench.send(EVENT)
      const carried = received.map(({ headers, body }) => `${JSON.stringify(headers)} ${body}`)
      assert.ok(carried.length > 0, 'nothing reached the endpoint')
      assert.ok(
        carried.every((text) => text.includes(idempotencyKey)),
        'the key stands neither in a header nor in the body',
      )
    },
  },
  {
    name: 'sends the same body at every attempt',
    needs: 'endpoint',
    async check(bench, { received }) {
      for (const attempt of ATTEMPTS) await bench.send(EVENT, { attempt })
      assert.ok(received.length > 0, 'nothing reached the endpoint')
      for (const { body } of received) assert.equal(body, received[0]?.body, 'two attempts, two bodies')
    },
  },
  {
    name: 'shows no secret in results, log or texts, even where the endpoint echoes everything',
    needs: 'nothing',
    async check(bench, { answerWith }) {
      for (const code of [200, 302, 401, 410, 500]) {
        answerWith(echo(code, bench.secrets.map(formsAnAnswerMayHave).join(' ')))
        const { result } = await bench.send(EVENT)
        assertNoSecret(bench, `the result for HTTP ${code}`, reasonIn(result))
        assertNoSecret(bench, 'the log', bench.logged.join('\n'))
        assertNoSecret(bench, 'a text rendered after a delivery', await bench.render(EVENT))
      }
    },
  },
  {
    name: 'never throws out of send',
    needs: 'nothing',
    async check(bench, { answerWith }) {
      for (const answer of [status(200), status(500), cut, statusThenCut(200), statusThenCut(500)]) {
        answerWith(answer)
        const { fault } = await bench.send(EVENT)
        assert.equal(fault, undefined, `its send threw: ${fault}`)
      }
    },
  },
]

async function assertAccepted(bench: ContractBench, what: string): Promise<void> {
  const { result } = await bench.send(EVENT)
  assert.equal(result.kind, 'accepted', `${what} came to ${result.kind}: ${reasonIn(result)}`)
}

interface Redirection {
  readonly receiver: Receiver
  readonly elsewhere: Receiver
  readonly code: number
}

async function assertNotFollowed(bench: ContractBench, { receiver, elsewhere, code }: Redirection) {
  const stolen = bench.secrets.map(encodeURIComponent).join(',')
  receiver.answerWith(status(code, { location: `${elsewhere.origin}/?stolen=${stolen}` }))
  const { result } = await bench.send(EVENT)
  assert.equal(elsewhere.received.length, 0, `the redirect of HTTP ${code} was followed`)
  assert.notEqual(result.kind, 'accepted', `HTTP ${code} was taken for accepted`)
}

function formsAnAnswerMayHave(secret: string): string {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')].join(' ')
}
