/**
 * Everything at once, for a first look: a simulated Northflank, a webhook receiver that checks signatures, and the daemon
 * with its embedded Redis, on the very settings file that ships. Nothing of it needs a token, a Redis or a network.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { safeText } from '../domain/safe-text.js'
import { DEMO_TIME_SCALE, demoBuilds } from '../simulator/demo-builds.js'
import { type ReceivedDelivery, startReceiver } from '../simulator/receiver.js'
import { startSimulator } from '../simulator/simulator.js'
import { type CheckedSettings, checkSettings, type Environment } from './settings.js'

export interface DemoStage {
  readonly file: string
  readonly env: Environment
  readonly settings: CheckedSettings
  close(): Promise<void>
}

const DEMO_FILE = fileURLToPath(new URL('../../config/demo.yaml', import.meta.url))

const ALL_TOLD =
  '\nAll six builds have ended, and each end was told once. The daemon goes on watching: Ctrl-C ends the demo.'

/** Sets the stage: what the demo's settings refer to is there, and its builds begin. */
export async function setDemoStage(env: Environment, say: (line: string) => void): Promise<DemoStage> {
  const secret = `whsec_${randomBytes(24).toString('base64')}`
  const dataDir = await mkdtemp(join(tmpdir(), 'buildwatchd-demo-'))
  const simulator = await startSimulator({ timeScale: DEMO_TIME_SCALE })
  const builds = demoBuilds()
  let told = 0
  const receiver = await startReceiver({
    secret,
    onDelivery(delivery) {
      say(deliveryWords(delivery))
      if (++told === builds.length) say(ALL_TOLD)
    },
  })
  const demoEnv = {
    ...env,
    DEMO_API_URL: simulator.url,
    DEMO_RECEIVER_URL: receiver.url,
    DEMO_WEBHOOK_SECRET: secret,
    DEMO_DATA_DIR: dataDir,
  }
  const settings = await checkSettings(DEMO_FILE, demoEnv)
  if (settings.kind === 'valid') {
    for (const script of builds) simulator.addBuild(script)
  }
  return {
    file: DEMO_FILE,
    env: demoEnv,
    settings,
    async close() {
      await Promise.all([simulator.stop(), receiver.stop()])
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

function deliveryWords({ headers, body, verified }: ReceivedDelivery): string {
  const { subject, data }: { subject?: string; data?: { outcome?: string; verdict?: string } } =
    JSON.parse(body)
  const meaning = data?.verdict === undefined ? data?.outcome : `${data.outcome}, ${data.verdict}`
  const signature = verified ? 'signature valid' : 'SIGNATURE INVALID'
  return safeText(
    `webhook received: ${subject}: ${meaning} (${signature}, webhook-id ${headers['webhook-id']})`,
  )
}
