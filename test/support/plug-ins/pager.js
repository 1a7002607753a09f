/** Keeps the whole contract, but for the one promise that the option `fault` names. */
let told = 0
let known = ''

const KEPT = {
  render: ({ event }) => JSON.stringify({ id: event.id, time: event.time, data: event.data }),
  async send(delivery, context, { request, resultOf, onFailure }) {
    try {
      return await resultOf(await request(delivery, context), context)
    } catch (error) {
      return onFailure(error)
    }
  },
  request: (delivery, context, change = {}) =>
    fetch(context.options.url, { ...requestOf(delivery, context), ...change }),
  async resultOf(response) {
    await response.body?.cancel()
    return verdictOf(response.status)
  },
  onFailure: () => ({ kind: 'retry', reason: 'no answer' }),
}

function requestOf({ body, idempotencyKey }, { secrets, signal, options }) {
  return {
    method: 'POST',
    redirect: 'manual',
    headers: { authorization: `Bearer ${secrets.token}`, 'idempotency-key': idempotencyKey },
    body,
    signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
  }
}

function verdictOf(status, reason = `HTTP ${status}`) {
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  return { kind: status === 429 || status >= 500 ? 'retry' : 'refused', reason }
}

const FAULTS = {
  wordless: { render: (occasion) => (isDigest(occasion) ? '' : KEPT.render(occasion)) },
  boundless: { render: (occasion) => (isDigest(occasion) ? 'x'.repeat(65_537) : KEPT.render(occasion)) },
  wavering: { render: ({ event }) => JSON.stringify({ id: event.id, told: (told += 1) }) },
  indiscreet: { render: (occasion, { note }) => (isDigest(occasion) ? note : KEPT.render(occasion)) },
  injectable: { render: ({ event }) => `${event.subject}: ${event.data.build?.message}` },
  forgeable: { render: ({ event }) => `{"id":"x","message":"${event.data.build?.message}"}` },
  repeating: {
    async request(delivery, context) {
      await KEPT.request(delivery, context)
      return KEPT.request(delivery, context)
    },
  },
  lost: { request: async () => new Response() },
  hopeful: {
    resultOf: async (response) => (response.status === 404 ? { kind: 'accepted' } : KEPT.resultOf(response)),
  },
  led: { request: (delivery, context) => KEPT.request(delivery, context, { redirect: 'follow' }) },
  waiting: { request: (delivery, context) => KEPT.request(delivery, context, { signal: context.signal }) },
  deaf: { request: (delivery, context) => KEPT.request(delivery, context, { signal: deadlineOf(context) }) },
  devouring: {
    async request(delivery, context) {
      const waiting = new AbortController()
      const stop = () => waiting.abort()
      context.signal.addEventListener('abort', stop)
      const timer = setTimeout(stop, context.options.timeoutMs)
      const response = await KEPT.request(delivery, context, { signal: waiting.signal })
      clearTimeout(timer)
      return response
    },
    async resultOf(response) {
      if (!response.ok) await response.text()
      return verdictOf(response.status)
    },
  },
  resigned: { onFailure: (error) => ({ kind: isTimeout(error) ? 'retry' : 'refused', reason: 'no answer' }) },
  quoting: { resultOf: async (response) => verdictOf(response.status, await response.text()) },
  noting: {
    send(delivery, context, parts) {
      context.logger.info(requestOf(delivery, context).headers, 'sending')
      return KEPT.send(delivery, context, parts)
    },
  },
  remembering: {
    render: (occasion) => JSON.stringify({ id: occasion.event.id, known }),
    send(delivery, context, parts) {
      known = encodeURIComponent(context.secrets.token)
      return KEPT.send(delivery, context, parts)
    },
  },
  keyless: { request: (delivery, context) => KEPT.request({ ...delivery, idempotencyKey: 'x' }, context) },
  counting: {
    request: ({ body, ...rest }, context) =>
      KEPT.request({ ...rest, body: JSON.stringify({ body, attempt: rest.attempt }) }, context),
  },
  throwing: {
    onFailure(error) {
      throw error
    },
  },
}

function isDigest({ event }) {
  return event.subject === 'digest'
}

function isTimeout(error) {
  return error.name === 'TimeoutError'
}

function deadlineOf({ options }) {
  return AbortSignal.timeout(options.timeoutMs)
}

export default {
  secrets: ['token'],
  options: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) =>
        'url' in value ? { value } : { issues: [{ path: ['url'], message: 'is missing' }] },
    },
  },
  create({ options }) {
    const parts = { ...KEPT, ...FAULTS[options.fault] }
    return {
      render: (occasion) => parts.render(occasion, options),
      send: (delivery, context) => parts.send(delivery, { ...context, options }, parts),
    }
  },
}
