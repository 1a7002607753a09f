/**
 * The thread of one plug-in: loads the module that is named, and does one call after another for `plug-in-host.ts`. Plain
 * JavaScript, because it is loaded by its path. A message is {id, call, given}, or {id, abort: true}; an answer {id, value} or
 * {id, error}; what the plug-in logs is {log: level, fields, message}.
 */
import { parentPort, workerData } from 'node:worker_threads'

const { default: plugIn } = await import(workerData.module)
if (typeof plugIn?.create !== 'function')
  throw new TypeError('its default export has no create function; see NotifierPlugIn')

const underWay = new Map()
let instance

const logger = Object.fromEntries(
  ['debug', 'info', 'warn', 'error'].map((level) => [
    level,
    (fields, message) =>
      parentPort.postMessage({ log: level, fields: plain(fields), message: String(message) }),
  ]),
)

const calls = {
  describe: () => ({ summary: plugIn.summary, secrets: plugIn.secrets ?? [] }),
  async check({ options }) {
    if (!plugIn.options) {
      return { issues: Object.keys(options).map((key) => ({ path: [key], message: 'is not known to it' })) }
    }
    const { issues = [] } = await plugIn.options['~standard'].validate(options)
    return { issues: issues.map(({ message, path = [] }) => ({ message, path: path.map(keyOf) })) }
  },
  async render({ occasion }) {
    const made = await theInstance()
    return made.render ? made.render(occasion) : JSON.stringify(occasion.event)
  },
  async send({ delivery, secrets }, signal) {
    const made = await theInstance()
    return made.send(delivery, { signal, logger, secrets })
  },
}

async function theInstance() {
  instance ??= create()
  return instance
}

async function create() {
  const { name, options } = workerData
  const checked = plugIn.options ? await plugIn.options['~standard'].validate(options) : { value: {} }
  if (checked.issues) throw new TypeError(checked.issues.map(({ message }) => message).join('; '))
  return plugIn.create({ name, options: checked.value })
}

function keyOf(part) {
  return typeof part === 'object' ? String(part.key) : String(part)
}

function plain(fields) {
  return JSON.parse(JSON.stringify(fields ?? {}))
}

async function answer({ id, call, given }) {
  const span = new AbortController()
  underWay.set(id, span)
  try {
    parentPort.postMessage({ id, value: plain({ value: await calls[call](given, span.signal) }).value })
  } catch (error) {
    parentPort.postMessage({ id, error: error?.message ?? String(error) })
  } finally {
    underWay.delete(id)
  }
}

parentPort.on('message', (message) => {
  if (message.abort) underWay.get(message.id)?.abort()
  else void answer(message)
})
