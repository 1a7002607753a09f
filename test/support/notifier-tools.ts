import type { NotifierTools } from '../../src/notify/notifier-kind.js'

/** What a kind needs of the world that runs no program and writes to no Redis. */
export const NO_OTHER_TOOLS: Pick<NotifierTools, 'allowExec' | 'openUserRedis'> = {
  allowExec: false,
  openUserRedis: () => Promise.reject(new Error('no Redis is reached here')),
}

/** For what fails, or is done, before anything of the world is needed. */
export const NO_TOOLS: NotifierTools = {
  http: { send: unneeded, close: unneeded },
  clock: { now: () => 0 },
  out: unneeded,
  ...NO_OTHER_TOOLS,
}

function unneeded(): never {
  throw new Error('not needed here')
}
