/** A certificate of one's own making for the tests of TLS; openssl makes it, so where there is none they are skipped. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Certificate {
  readonly key: string
  readonly cert: string
}

/** For the name, valid for a day; `undefined`, and why on stderr, where there is no openssl. */
export function makeCertificate(name: string): Certificate | undefined {
  // Where CI asks for everything, a missing openssl fails below instead of skipping.
  if (process.env['CI'] !== 'true' && spawnSync('openssl', ['version']).status !== 0) {
    process.stderr.write('skipped: tests of STARTTLS, because there is no openssl to make a certificate\n')
    return undefined
  }
  const dir = mkdtempSync(join(tmpdir(), 'buildwatchd-certificate-'))
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')]
  const made = 'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1'.split(' ')
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`]
  try {
    execFileSync('openssl', [...made, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' })
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
  } finally {
    rmSync(dir, { recursive: true })
  }
}
