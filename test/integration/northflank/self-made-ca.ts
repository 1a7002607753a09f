import { execFile, execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface ServerCertificate {
  /** PEM file of the authority, for NODE_EXTRA_CA_CERTS. */
  readonly caFile: string
  readonly key: string
  readonly cert: string
}

const OPENSSL = 'openssl'

export function hasOpenssl(): boolean {
  try {
    execFileSync(OPENSSL, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const run = promisify(execFile)

/** An authority that no machine knows, and a certificate for `localhost` signed by it. Written to `dir`. */
export async function makeCertificate(dir: string): Promise<ServerCertificate> {
  const at = (name: string) => join(dir, name)
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
  const ca = ['-keyout', at('ca.key'), '-out', at('ca.pem'), '-subj', '/CN=A self-made authority']
  await run(OPENSSL, ['req', '-x509', ...newKey, ...ca, '-addext', 'keyUsage=critical,keyCertSign'])
  const request = ['-keyout', at('server.key'), '-out', at('server.csr'), '-subj', '/CN=localhost']
  await run(OPENSSL, ['req', ...newKey, ...request])
  await writeFile(at('server.ext'), 'subjectAltName=DNS:localhost\n')
  const signing = [
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-extfile',
    at('server.ext'),
  ]
  await run(OPENSSL, [
    'x509',
    '-req',
    '-in',
    at('server.csr'),
    '-out',
    at('server.pem'),
    '-days',
    '2',
    ...signing,
  ])
  return {
    caFile: at('ca.pem'),
    key: await readFile(at('server.key'), 'utf8'),
    cert: await readFile(at('server.pem'), 'utf8'),
  }
}
