/**
 * Writes ten thousand targets in small scripts. Each checks that the configuration is still the newest, so a replica that
 * is overtaken while it writes stops there and the newer one mends the rest; the mark that all is written comes last. What
 * is wanted is written before what is not is taken away: a build that another target takes over is never without a watch.
 */
import { buildKey, parseBuildKey } from '../domain/build.js'
import type { WantedConfiguration } from '../domain/ports.js'
import type { Target } from '../domain/target.js'
import { callsFor, inRoundTrips } from './batches.js'
import { readActive } from './read-active.js'
import { redisCall } from './redis-failure.js'
import { scanMembers } from './scan.js'
import { loadScript, type ScriptCall } from './script.js'
import { buildOf, type SettleDeps, settleBuilds } from './settle-builds.js'

const NAME = loadScript('name-builds')
const PUBLISH = loadScript('publish-targets')
const PUBLISH_ACCOUNTS = loadScript('publish-accounts')
const RETIRE = loadScript('retire-targets')
const UNNAME = loadScript('unname-builds')
const MARK_PUBLISHED = loadScript('mark-published')

export async function publishTargets(configuration: WantedConfiguration, deps: SettleDeps): Promise<void> {
  const { redis, keys } = deps
  const { digest } = configuration
  const published = await redisCall(`read ${keys.configuration}`, () =>
    redis.hget(keys.configuration, 'published'),
  )
  if (published === digest) return

  if (!(await wantTargets(configuration, deps))) return
  const unwanted = await missingFrom(
    configuration.targets.map(({ id }) => id),
    keys.targets,
    deps,
  )
  const unnamed = await missingFrom(namedBuilds(configuration.targets), keys.named, deps)
  if (!(await unwantTargets({ digest, unwanted, unnamed }, deps))) return
  const feeds = unwanted.filter((id) => parseBuildKey(id) === undefined)
  const left = [...unnamed.flatMap((key) => buildOf(key) ?? []), ...(await readActive(feeds, deps))]
  await settleBuilds(left, deps)
  await MARK_PUBLISHED.run(redis, { keys: [keys.configuration], args: [digest] })
}

/** Builds that the watches name, be it in a target of their own or in their feed's. */
function namedBuilds(targets: readonly Target[]): string[] {
  return targets.flatMap((target) =>
    target.kind === 'build'
      ? [target.id]
      : target.named.map(({ build }) => buildKey({ ...target.ref, build })),
  )
}

/** `false` when another configuration is the newest. */
async function wantTargets(
  { digest, targets, accountRoutes }: WantedConfiguration,
  deps: SettleDeps,
): Promise<boolean> {
  const { keys } = deps
  const toName = (builds: readonly string[]): ScriptCall => ({
    keys: [
      keys.configuration,
      keys.named,
      ...builds.flatMap((key) => [keys.build(key), keys.transitions(key)]),
    ],
    args: [digest, ...builds],
  })
  const toPublish = (batch: readonly Target[]): ScriptCall => ({
    keys: [keys.configuration, keys.targets, keys.openTargets, ...batch.map(({ id }) => keys.target(id))],
    args: [digest, ...batch.flatMap((target) => [target.id, JSON.stringify(target)])],
  })
  const accounts = [...accountRoutes].flatMap(([account, routes]) => [account, JSON.stringify(routes)])
  const toPublishAccounts = { keys: [keys.configuration, keys.accounts], args: [digest, ...accounts] }
  return (
    (await runAll(NAME, callsFor(namedBuilds(targets), toName), deps)) &&
    (await runAll(PUBLISH, callsFor(targets, toPublish), deps)) &&
    runAll(PUBLISH_ACCOUNTS, [toPublishAccounts], deps)
  )
}

/** `false` when another configuration is the newest. */
async function unwantTargets(
  { digest, unwanted, unnamed }: { digest: string; unwanted: readonly string[]; unnamed: readonly string[] },
  deps: SettleDeps,
): Promise<boolean> {
  const { keys } = deps
  const toRetire = (ids: readonly string[]): ScriptCall => ({
    keys: [keys.configuration, keys.targets, keys.openTargets, ...ids.map(keys.target)],
    args: [digest, ...ids],
  })
  const toUnname = (builds: readonly string[]): ScriptCall => ({
    keys: [keys.configuration, keys.named],
    args: [digest, ...builds],
  })
  return (
    (await runAll(RETIRE, callsFor(unwanted, toRetire), deps)) &&
    runAll(UNNAME, callsFor(unnamed, toUnname), deps)
  )
}

async function runAll(
  script: ReturnType<typeof loadScript>,
  calls: readonly ScriptCall[],
  { redis }: SettleDeps,
): Promise<boolean> {
  for await (const replies of inRoundTrips(redis, script, calls)) if (replies.includes(0)) return false
  return true
}

async function missingFrom(wanted: readonly string[], set: string, { redis }: SettleDeps): Promise<string[]> {
  const present = new Set(wanted)
  return [...(await scanMembers(redis, set))].filter((member) => !present.has(member))
}
