import { DIGEST, RECOVERED, TROUBLED, type WatchEvent } from './event.js'
import { lineOf } from './line.js'

/** What belongs in order, and together: `<resource key>|<line>` of a build, the subject of anything else. */
export function laneOf(event: WatchEvent): string {
  switch (event.type) {
    case TROUBLED:
    case RECOVERED:
    case DIGEST:
      return event.subject
    default:
      return `${event.subject.slice(0, event.subject.lastIndexOf('/'))}|${lineOf(event.data.build)}`
  }
}
