import type { ServerResponse } from 'node:http'
import { errorBody, MESSAGES } from './error-body.js'
import type { FaultEffect } from './fault.js'
import { bombAnswer, cutAnswer, dripAnswer } from './raw-answers.js'

/** An answer that takes the place of the right one. */
export interface FalseAnswer {
  readonly status: number
  readonly body: string
  readonly headers: Readonly<Record<string, string>>
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }
const HTML = '<!doctype html><html><head><title>Error</title></head><body><h1>Error</h1></body></html>'

/** `undefined` where the effect only changes the right answer or the way it is sent. */
export function falseAnswer(effect: FaultEffect): FalseAnswer | undefined {
  switch (effect.kind) {
    case 'status':
      return {
        status: effect.status,
        body: effect.body ?? errorBody(effect.status, MESSAGES[effect.status] ?? 'Error'),
        headers: { ...JSON_TYPE, ...effect.headers },
      }
    case 'throttle':
      return {
        status: 429,
        body: errorBody(429, 'Too many requests'),
        headers: { ...JSON_TYPE, ...resetHeader(effect.resetInS) },
      }
    case 'html':
      return { status: effect.status, body: HTML, headers: { 'content-type': 'text/html' } }
    case 'wrong_route':
      return { status: 404, body: errorBody(404, 'Route not found'), headers: JSON_TYPE }
    case 'redirect':
      return { status: 302, body: '', headers: { location: effect.location } }
    case 'empty':
      return { status: effect.status, body: '', headers: {} }
    case 'junk':
      return { status: 200, body: '{"data": {"id": ', headers: JSON_TYPE }
    default:
      return undefined
  }
}

function resetHeader(resetInS: number | undefined): Record<string, string> {
  return resetInS === undefined ? {} : { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(resetInS) }
}

/** Sends what only a bare socket can send; `false` where the effect needs none. */
export function sentRaw(effect: FaultEffect, response: ServerResponse, body: string): boolean {
  switch (effect.kind) {
    case 'hang':
      return true
    case 'cut':
      cutAnswer(response, body, JSON_TYPE)
      return true
    case 'drip':
      dripAnswer(response, Buffer.from(body), effect.intervalMs)
      return true
    case 'bomb':
      bombAnswer(response, effect.bytes)
      return true
    default:
      return false
  }
}
