import { Counter, Gauge, type Registry } from 'prom-client'

/** What this process is, and what it takes of its machine; the latter is read at each scrape. */
export function registerProcessGauges(registry: Registry, version: string): void {
  for (const metric of [buildInfo(version), startTime(), residentMemory(), cpuTime()])
    registry.registerMetric(metric)
}

function buildInfo(version: string): Gauge {
  const info = new Gauge({
    name: 'buildwatchd_build_info',
    help: 'Always 1; the labels say what runs.',
    labelNames: ['version', 'node'],
    registers: [],
  })
  info.set({ version, node: process.versions.node }, 1)
  return info
}

function startTime(): Gauge {
  const start = new Gauge({
    name: 'buildwatchd_process_start_time_seconds',
    help: 'When the process started, in seconds since 1970.',
    registers: [],
  })
  start.set(Math.round(performance.timeOrigin) / 1000)
  return start
}

function residentMemory(): Gauge {
  return new Gauge({
    name: 'buildwatchd_process_resident_memory_bytes',
    help: 'Memory that the process holds.',
    registers: [],
    collect() {
      this.set(process.memoryUsage.rss())
    },
  })
}

function cpuTime(): Counter {
  return new Counter({
    name: 'buildwatchd_process_cpu_seconds_total',
    help: 'Processor time that the process has taken.',
    registers: [],
    collect() {
      const { user, system } = process.cpuUsage()
      this.reset()
      this.inc((user + system) / 1_000_000)
    },
  })
}
