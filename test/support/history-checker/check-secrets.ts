/** I9: no secret, in whatever shape, in what the daemon writes where others can read it. */
import type { Finding, History } from './history.js'

export function checkSecrets({ texts, secrets }: History): Finding[] {
  const shapes = secrets.flatMap(shapesOf)
  return texts.flatMap(({ where, name, text }): Finding[] => {
    const found = shapes.find(({ shape }) => text.includes(shape) || name.includes(shape))
    if (!found) return []
    return [{ invariant: 'I9', kind: 'leaked', where, subject: name, detail: `holds a secret ${found.as}` }]
  })
}

interface Shape {
  readonly as: string
  readonly shape: string
}

/** Shorter pieces stand in any text. */
const SHORTEST = 6

function shapesOf(secret: string): Shape[] {
  const json = JSON.stringify(secret).slice(1, -1)
  const url = encodeURIComponent(secret)
  const shapes: Shape[] = [
    { as: 'as it is', shape: secret },
    { as: 'in JSON', shape: json },
    { as: 'in JSON in JSON', shape: JSON.stringify(json).slice(1, -1) },
    { as: 'percent-encoded', shape: url },
    { as: 'percent-encoded', shape: url.replace(/%../g, (octet) => octet.toLowerCase()) },
    { as: 'percent-encoded', shape: encodeURI(secret) },
    { as: 'as of a form', shape: new URLSearchParams({ x: secret }).toString().slice(2) },
    ...['', 'x', 'xx'].flatMap((before) => base64Shapes(before, secret)),
  ]
  return shapes.filter(({ shape }) => shape.length >= SHORTEST)
}

/** Inside a longer text: what its neighbours cannot change, by where it begins. */
function base64Shapes(before: string, secret: string): Shape[] {
  const bytes = Buffer.from(before + secret)
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 3))
  const shape = whole.toString('base64').slice(before === '' ? 0 : 4)
  const forUrls = Buffer.from(shape, 'base64').toString('base64url')
  return [
    { as: 'in base64', shape },
    { as: 'in base64', shape: forUrls },
  ]
}
