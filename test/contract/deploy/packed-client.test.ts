/** What programs are given that import the package: its types, as their compiler sees them. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from '@jest/globals'
import { compileIn, projectWithPackage } from './packed-project.js'

const PATIENCE_MS = 60_000
const TYPED = `
  import { type ApiClient, type ApiError, createClient, followEvents, type Refused, waitForBuild } from 'buildwatchd'
  const client: ApiClient = createClient({ token: async () => 'a-token' })
  const parameters = { projectId: 'shop', jobId: 'nightly' }

  export async function read(): Promise<string | undefined> {
    const result = await client.get.job.build({ parameters: { ...parameters, buildId: 'b-1', teamId: undefined } })
    // @ts-expect-error: it may have been refused.
    result.data.id
    if (result.error) throw result.error
    const left: number | undefined = result.rateLimit.remaining
    const { pagination } = await client.get.job.builds({ parameters, options: { per_page: 10 } })
    const cursor: string | undefined = pagination?.cursor
    for await (const { branch, concluded } of client.get.job.builds.all({ parameters })) if (concluded) return branch
    return left === undefined ? cursor : result.data.status
  }

  export async function readThrowing(): Promise<string> {
    const throwing = createClient({ token: 'a-token', throwErrorOnHttpErrorCode: true })
    const { data, error } = await throwing.get.service.build({
      parameters: { projectId: 'shop', serviceId: 'api', buildId: 'b-1' },
    })
    const none: undefined = error
    // @ts-expect-error: a service has no jobId.
    void throwing.get.service.builds({ parameters })
    return none ?? data.id
  }

  export const refused = ({ error }: Refused): ApiError['code'] => error.code
  export const follow = [followEvents, waitForBuild]
`

describe('the package', () => {
  let home: string
  beforeAll(() => {
    home = projectWithPackage()
  }, PATIENCE_MS)
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  it(
    'brings the types of the client and the follower',
    async () => {
      writeFileSync(join(home, 'typed.ts'), TYPED)
      await compileIn(home, 'typed.ts')
    },
    PATIENCE_MS,
  )
})
