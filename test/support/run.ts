/** Runs a program to its end and hands back everything it said. */

import { execFile } from 'node:child_process'

export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** Generous: a busy machine starts Node slowly. */
const RUN_MAX_MS = 25_000

/** `env` is the whole environment but for PATH. Killed after 25 s, which reads as code -1. */
export const run = (
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] ?? '', ...options.env }
    const settings = { cwd: options.cwd, env, timeout: RUN_MAX_MS, killSignal: 'SIGKILL' } as const
    const child = execFile(command, [...args], settings, (_, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr })
    })
    child.stdin?.end()
  })
