/**
 * The contract of notifiers, for the tests of whoever writes one. Each check is a name and a function that rejects where the
 * duty is not kept, so any framework runs them:
 *
 *   for (const { name, run } of notifierContract({ module, sample })) test(name, run)
 *
 * The plug-in runs in a thread as in the daemon, and against an endpoint on 127.0.0.1 that answers well, badly and not at all.
 */
import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { SEND_MS } from '../plug-in-calls.js'
import { findPlugIn } from '../plug-in-kind.js'
import type { ContractCheck } from './contract-check.js'
import { contractChecks } from './contract-checks.js'
import { openPlugIn, type PlugInSample } from './plug-in-bench.js'

export type { ContractCheck, PlugInSample }

export interface ContractSubject {
  /** Its file: a `file:` URL, or a path from the current directory. */
  readonly module: string | URL
  /**
   * Settings that work. `endpoint` is `http://127.0.0.1:<port>`, `secret` base64 of 32 bytes: every secret of the sample is
   * to be made of it. A time limit among the options is best a second or two, for one check waits until it ends.
   */
  sample(endpoint: string, secret: string): PlugInSample
  /** `other`: it reaches something else than an HTTP endpoint, so less can be checked. `http` by default. */
  readonly reaches?: 'http' | 'other'
  /** What an attempt may take; 15,000 ms by default, as in the daemon. */
  readonly limitMs?: number
}

export function notifierContract(subject: ContractSubject): readonly ContractCheck[] {
  const { reaches = 'http', limitMs = SEND_MS } = subject
  const module = urlOf(subject.module)
  const sample: ContractSubject['sample'] = (endpoint, secret) => subject.sample(endpoint, secret)
  const checks = contractChecks({
    reaches,
    open: ({ origin }) => openPlugIn({ module, sample, limitMs }, origin),
  })
  return [settingsCheck(module, sample), ...checks]
}

function settingsCheck(module: string, sample: ContractSubject['sample']): ContractCheck {
  return {
    name: 'is a notifier that takes the options of its sample, and declares the secrets',
    async run() {
      const path = fileURLToPath(module)
      const plugIn = await findPlugIn(path, path)
      assert.ok(plugIn, `there is no file ${path}`)
      const { options, secrets } = sample('http://127.0.0.1:9', 'c2VjcmV0'.repeat(5))
      assert.deepEqual(await plugIn.check(options), [], 'it finds fault with the options of its sample')
      const declared = plugIn.secrets.map(({ name }) => name)
      assert.deepEqual(Object.keys(secrets).sort(), declared.sort(), 'its sample holds other secrets')
    },
  }
}

function urlOf(module: string | URL): string {
  if (typeof module !== 'string') return module.href
  return module.startsWith('file:') ? module : pathToFileURL(resolve(module)).href
}
