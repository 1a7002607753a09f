import * as real from '../../../dist/notify/registry.js'
import { dying } from './dying.mjs'

export * from '../../../dist/notify/registry.js'

export function createNotifier(settings, tools) {
  return dying('notifier', real.createNotifier(settings, tools), ['render', 'send'])
}
