import type { BuildRef } from '../../../src/domain/build.js'
import { ApiError } from '../../../src/domain/errors.js'
import type { Secret } from '../../../src/domain/ports.js'
import {
  createNorthflankClient,
  type NorthflankClient,
  type NorthflankClientOptions,
} from '../../../src/northflank/client.js'

export const BASE = 'https://api.example.test'
export const TOKEN = 'nf-token-4711-abcdef'
export const REF: BuildRef = {
  project: 'default-project',
  kind: 'jobs',
  resource: 'example-job',
  build: 'joyous-view-6290',
}
export const PATH = '/v1/projects/default-project/jobs/example-job/build/joyous-view-6290'

/** The documented example of *get job build*. */
export const BUILD = {
  id: 'joyous-view-6290',
  branch: 'main',
  status: 'SUCCESS',
  sha: '12c15e7ee25fd78f567ebf87f9178b8ad70025b3',
  concluded: true,
  createdAt: '2021-07-28T15:55:38.296Z',
  success: true,
  message: 'Image successfully built',
  buildConcludedAt: 1606237973,
}

export function secret(value: string): Secret {
  return { reveal: async () => value }
}

/** Pauses between retries at their shortest, no proxy whatever the environment says. */
export function clientOf(options: Partial<NorthflankClientOptions> = {}): NorthflankClient {
  return createNorthflankClient({
    baseUrl: BASE,
    token: secret(TOKEN),
    random: () => 0,
    env: {},
    ...options,
  })
}

/** The ApiError that the work rejects with; anything else fails the test. */
export async function apiErrorOf(work: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (error instanceof ApiError) return error
  throw new Error(`expected an ApiError, got ${String(error)}`)
}
