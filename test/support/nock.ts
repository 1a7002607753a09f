/**
 * nock, taken away again when a test file has ended: it stands in for the HTTP of the whole process, which runs one file after
 * the other, and the next one may open real connections.
 */
import { afterAll } from '@jest/globals'
import nock from 'nock'

afterAll(() => nock.restore())

export default nock
