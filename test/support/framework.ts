/** functions-framework as a process, started the way the platform starts it; also any other program that listens. */

import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { join } from 'node:path'

export const ROOT = join(import.meta.dirname, '../..')
const FRAMEWORK = 'node_modules/@google-cloud/functions-framework/build/src/main.js'

export type Started = {
  readonly url: string
  readonly child: ChildProcess
  readonly output: () => string
  /** The exit code; `null` where a signal ended it. */
  readonly ended: Promise<number | null>
}

/**
 * Starts a target of `source` (this project unless told otherwise) and resolves when it listens. `FUNCTION_SOURCE` in `env`
 * names another folder, which then brings its own framework.
 */
export const startFramework = async (
  target: string,
  env: Readonly<Record<string, string>>,
  source?: string,
): Promise<Started> => {
  const port = await freePort()
  const folder = env['FUNCTION_SOURCE'] ?? ROOT
  const args = [join(folder, FRAMEWORK), `--target=${target}`, `--source=${source ?? folder}`, `--port=${port}`]
  return started(args, folder, env, /URL: (http:\/\/localhost:\d+)/)
}

/** Starts `npm start`'s own program in `folder` and resolves when it listens. */
export const startLocal = (folder: string, env: Readonly<Record<string, string>>): Promise<Started> =>
  started([join(ROOT, 'functions/local.ts'), '--empty'], folder, { PORT: '0', ...env }, /dashboard (http:\S+:\d+)\//)

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const started = (args: readonly string[], cwd: string, env: Readonly<Record<string, string>>, up: RegExp) =>
  new Promise<Started>((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd,
      env: { ...process.env, ...env },
    })
    let text = ''
    const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)))
    child.once('close', (code) => reject(new Error(`ended with ${code}: ${text}`)))
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => {
        text += String(chunk)
        const url = up.exec(text)?.[1]?.replace('localhost', '127.0.0.1')
        if (url) resolve({ url, child, output: () => text, ended })
      })
  })
