import { writeFileSync } from 'node:fs'

const [step, nth = '1'] = (process.env.CRASH_AFTER ?? '').split(':')
let calls = 0

/** The same object, but that the process is gone after the step that was named. */
export function dying(room, object, methods) {
  const wrapped = { ...object }
  for (const method of methods) {
    if (typeof object[method] !== 'function') throw new Error(`${room} has no step ${method}`)
    wrapped[method] = async (...given) => {
      const result = await object[method](...given)
      // A wait for events that brought none is no step.
      if (!(method === 'next' && result.length === 0)) dieAfter(`${room}.${method}`)
      return result
    }
  }
  return wrapped
}

function dieAfter(taken) {
  if (taken !== step) return
  calls += 1
  if (calls !== Number(nth)) return
  writeFileSync(process.env.CRASH_MARK, taken)
  process.kill(process.pid, 'SIGKILL')
}
