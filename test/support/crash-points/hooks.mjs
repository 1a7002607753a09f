/** Resolves the modules below to their stand-ins, for everyone but the stand-ins themselves. */
const STAND_INS = {
  '/dist/store/ledger.js': './ledger.mjs',
  '/dist/store/event-log.js': './event-log.mjs',
  '/dist/queue/delivery-queues.js': './delivery-queues.mjs',
  '/dist/notify/registry.js': './registry.mjs',
}

export async function resolve(specifier, context, nextResolve) {
  const resolved = await nextResolve(specifier, context)
  if (context.parentURL?.includes('/crash-points/')) return resolved
  const standIn = Object.entries(STAND_INS).find(([path]) => resolved.url.endsWith(path))
  return standIn ? { ...resolved, url: new URL(standIn[1], import.meta.url).href } : resolved
}
