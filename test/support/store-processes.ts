/** Scripts beside this file as processes of their own, told what to do in one JSON argument. */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'

export type Script = ChildProcessByStdio<null, Readable, Readable>
export type Ended = {
  readonly code: number | null
  readonly signal: string | null
  readonly lines: readonly string[]
  readonly errors: string
}

/** Node would otherwise announce on stderr that node:sqlite may still change. */
const FLAGS = ['--disable-warning=ExperimentalWarning']

/** Written out one by one, so that tools which look for unused files see the use. */
const SCRIPTS = {
  claimer: new URL('./store-claimer.ts', import.meta.url),
  endless: new URL('./store-endless.ts', import.meta.url),
  writer: new URL('./store-writer.ts', import.meta.url),
}
export type ScriptName = keyof typeof SCRIPTS

const pathOf = (script: ScriptName): string => fileURLToPath(SCRIPTS[script])

export const start = (script: ScriptName, input: unknown): Script =>
  spawn(process.execPath, [...FLAGS, pathOf(script), JSON.stringify(input)], { stdio: ['ignore', 'pipe', 'pipe'] })

/** As `start`, where no file may grow beyond `kilobytes`: a disk that is full, as far as the process can tell. */
export const startOnSmallDisk = (script: ScriptName, input: unknown, kilobytes: number): Script => {
  const shell = 'ulimit -f "$0"; exec "$@"'
  // The unit of a limit is 512 bytes in POSIX, and Bash keeps to it when called sh.
  const args = ['-c', shell, String(kilobytes * 2), process.execPath, ...FLAGS, pathOf(script), JSON.stringify(input)]
  return spawn('sh', args, { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** Waits for the end; `onLine` hears each line of stdout as it comes. */
export const ended = async (child: Script, onLine: (line: string) => void = () => undefined): Promise<Ended> => {
  const lines: string[] = []
  let errors = ''
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line)
    onLine(line)
  })
  const [code, signal] = await once(child, 'close')
  return { code, signal, lines, errors }
}
