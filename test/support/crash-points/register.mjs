/**
 * Given to Node by `--import`, before the daemon: where it imports a module that takes a step of the delivery corridors, it
 * gets one that takes the same steps and dies after one of them. The daemon's own code knows of none of this.
 * CRASH_AFTER=<step>:<nth> names the step and which of its calls; CRASH_MARK is a file that is left behind before dying.
 */
import { register } from 'node:module'

register('./hooks.mjs', import.meta.url)
