// An API without latency: every answer shows another status, so every poll records a transition. Builds whose id begins
// with "still" never change. One instance per process; answers carry a limit that nobody reaches.
import { createServer } from 'node:http'

const HEADERS = {
  'content-type': 'application/json',
  'x-ratelimit-limit': '100000000',
  'x-ratelimit-remaining': '99999999',
  'x-ratelimit-reset': '3600',
}

/** `onAnswer(buildId, status)` is told of each answer right after it was handed to the socket. */
export async function startStubApi(onAnswer = () => undefined) {
  const visits = new Map()
  let requests = 0
  const server = createServer((request, response) => {
    const build = request.url.split('/').at(-1)
    const visit = (visits.get(build) ?? 0) + 1
    visits.set(build, visit)
    requests += 1
    const status = build.startsWith('still') ? 'BUILDING' : `STEP_${visit}`
    response.writeHead(200, HEADERS)
    response.end(JSON.stringify({ data: { id: build, status, concluded: false, branch: 'main' } }))
    onAnswer(build, status)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    requests: () => requests,
    stop() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}
