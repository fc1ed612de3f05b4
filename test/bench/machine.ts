/** What the machine knows of a process and of itself. */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism, cpus, loadavg } from 'node:os'

export type Usage = {
  /** User and system time since the start, of all threads; NaN where the system does not tell. */
  readonly cpuSeconds: number
  /** Resident memory now and at its peak, in MB of 2^20 bytes; NaN where the system does not tell. */
  readonly rssMb: number
  readonly peakMb: number
}

/** Clock ticks of /proc: 100 a second on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100

/** Reads /proc; only Linux has it. */
export const usageOf = (pid: number): Usage => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in brackets may hold blanks: fields are counted from behind it, utime being the 12th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
    return { cpuSeconds, rssMb: kilobytes(status, 'VmRSS') / 1024, peakMb: kilobytes(status, 'VmHWM') / 1024 }
  } catch {
    return { cpuSeconds: Number.NaN, rssMb: Number.NaN, peakMb: Number.NaN }
  }
}

const kilobytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? Number.NaN)

const PACKAGES = ['@google-cloud/functions-framework', '@googleapis/firestore', 'nodemailer', 'autocannon']

/** One line: what was measured on what. A figure without it cannot be compared. */
export const versions = (): string => {
  const { versions: node, arch } = process
  const names = PACKAGES.map((name) => `${name.split('/').at(-1)} ${versionOf(name)}`)
  const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim() || arch}, load ${loadavg()[0]?.toFixed(1)}`
  return [`Node ${node.node}`, `SQLite ${node['sqlite'] ?? '?'}`, ...names, `commit ${commit()}`, machine].join(' · ')
}

const versionOf = (name: string): string => {
  try {
    // Not every package exports its package.json.
    const entry = createRequire(import.meta.url).resolve(name)
    const folder = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`))
    return String(JSON.parse(readFileSync(`${folder}/node_modules/${name}/package.json`, 'utf8')).version)
  } catch {
    return 'absent'
  }
}

const commit = (): string => {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8', stdio: 'pipe' } as const
    return execFileSync('git', ['describe', '--always', '--dirty'], options).trim()
  } catch {
    return 'unknown'
  }
}
