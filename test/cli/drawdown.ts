/** Runs `drawdown` as a real child process with a store and a configuration of its own. */

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished } from 'vitest'

export const ACCOUNT = '01D4EE-079462-DFD6EC'
export const OTHER = '02A1B2-C3D4E5-F60718'
export const BUDGET = 'de72f49d-779b-4945-a127-4d6ce8def0bb'

/** A plan without expiry keeps every number the same on whatever day the test runs. */
export const CONFIG = `accounts:
  - id: ${ACCOUNT}
    name: Production
    plan: cloud-credit
    projects: [my-app]
    budgets: { ${BUDGET}: drawdown }
    thresholds: { percent: [50, 20], amount: [], runwayHours: [72], expiryDays: [30] }
  - id: ${OTHER}
    name: Research
    plan: gemini-prepay
    currency: EUR
channels:
  ops-chat: { kind: google-chat, url: OPS_CHAT_URL }
routes:
  - { when: { severity: [critical] }, to: [ops-chat] }
`

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

export type Sandbox = {
  readonly path: (name: string) => string
  readonly write: (name: string, text: string) => string
  readonly run: (...words: readonly string[]) => Promise<Ran>
  /** As `run`, with `--json`; the parsed result of a command that succeeded. */
  readonly json: (...words: readonly string[]) => Promise<unknown>
  /** As `run`, with more environment and standard input. */
  readonly runWith: (
    more: { readonly env?: Readonly<Record<string, string>>; readonly input?: string },
    ...words: readonly string[]
  ) => Promise<Ran>
}

/** Compiled code shared by the many processes of one test file; it halves their start. */
const compiled = mkdtempSync(join(tmpdir(), 'drawdown-compiled-'))
afterAll(() => rmSync(compiled, { recursive: true, force: true }))

const CLI = join(import.meta.dirname, '..', '..', 'functions', 'cli.ts')

/** A folder with a configuration and an empty store, gone when the test ends. */
export const sandbox = (config = CONFIG): Sandbox => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-cli-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = (name: string): string => join(folder, name)
  const write = (name: string, text: string): string => {
    writeFileSync(path(name), text)
    return path(name)
  }
  const base = {
    PATH: process.env['PATH'] ?? '',
    USER: 'ada',
    NODE_COMPILE_CACHE: compiled,
    STORE: `sqlite:${path('drawdown.db')}`,
    DRAWDOWN_CONFIG: write('drawdown.yaml', config),
  }
  const runWith: Sandbox['runWith'] = ({ env = {}, input = '' }, ...words) =>
    start(folder, { ...base, ...env }, input, words)
  const run: Sandbox['run'] = (...words) => runWith({}, ...words)
  const json: Sandbox['json'] = async (...words) => {
    const { code, out, err } = await run(...words, '--json')
    if (code !== 0) throw new Error(`drawdown ${words.join(' ')} ended with ${code}: ${err}`)
    return JSON.parse(out)
  }
  return { path, write, run, json, runWith }
}

const start = (cwd: string, env: Record<string, string>, input: string, words: readonly string[]): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CLI, ...words], { cwd, env })
    const text = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text.out += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text.err += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...text }))
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
