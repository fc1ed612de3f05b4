import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { startEmulator } from '../support/emulator-process.ts'
import { emulatorSuite } from '../support/emulators.ts'
import { leaveOut } from '../support/left-out.ts'
import { run } from '../support/run.ts'

/** The emulators as processes: they answer, and nothing of them outlives whoever started them. */
const ROOT = join(import.meta.dirname, '../..')
const MAIN = ['--disable-warning=ExperimentalWarning', join(ROOT, 'test/support/emulators-main.ts')]
const START_MAX_MS = 60_000
const END_MAX_MS = 10_000

const begun: ChildProcess[] = []
afterEach(() => {
  for (const child of begun.splice(0)) child.kill('SIGKILL')
})

type Process = { readonly group: number; readonly words: string }

const processes = async (): Promise<readonly Process[]> => {
  const { stdout } = await run('ps', ['-A', '-o', 'pgid=,args='], { cwd: ROOT })
  return stdout.split('\n').map((line) => {
    const [, group = '', words = ''] = /^\s*(\d+)\s+(.*)$/.exec(line) ?? []
    return { group: Number(group), words }
  })
}

const groupOf = async (host: string): Promise<number> => {
  const port = `--port=${host.split(':')[1]}`
  const found = (await processes()).filter(({ words }) => words.split(' ').includes(port))
  const groups = new Set(found.map(({ group }) => group))
  expect([found.length, groups.size]).toEqual([2, 1])
  return [...groups][0] ?? 0
}

/** What is left of the groups once they have had their time to end. */
const leftOf = async (groups: readonly number[]): Promise<readonly Process[]> => {
  const end = Date.now() + END_MAX_MS
  for (;;) {
    const left = (await processes()).filter(({ group }) => groups.includes(group))
    if (left.length === 0 || Date.now() > end) return left
    await sleep(100)
  }
}

const begin = async (...words: readonly string[]) => {
  const child = spawn(process.execPath, [...MAIN, ...words], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  begun.push(child)
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let text = ''
  await new Promise<void>((resolve, reject) => {
    child.once('exit', () => reject(new Error(`it ended: ${text}`)))
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more
      if (text.includes('Ctrl-C')) resolve()
    })
  })
  const [, firestore = '', pubsub = ''] =
    /^export FIRESTORE_EMULATOR_HOST=(\S+) PUBSUB_EMULATOR_HOST=(\S+)$/m.exec(text) ?? []
  return { child, ended, text, firestore, pubsub }
}

const own = await startEmulator('pubsub')
if ('why' in own) leaveOut('emulator:pubsub', own.why)

emulatorSuite('an emulator', 'why' in own ? undefined : own, () => {
  test('answers, and its whole group is gone once it was stopped', async () => {
    if ('why' in own) throw new Error(own.why)
    expect((await fetch(`http://${own.host}/v1/projects/p/topics`)).status).toBe(200)
    const group = await groupOf(own.host)
    expect(group).toBe(own.group)
    await own.stop()
    await own.ended
    expect(await leftOf([group])).toEqual([])
  })

  test('npm run emulators starts both, and ends both on SIGTERM', { timeout: START_MAX_MS }, async () => {
    const { child, ended, text, firestore, pubsub } = await begin('--push', 'http://127.0.0.1:8080/')
    expect(text).toContain('export GOOGLE_CLOUD_PROJECT=drawdown-local\n')
    const documents = await fetch(`http://${firestore}/v1/projects/p/databases/(default)/documents/one`)
    expect(documents.status).toBe(200)
    const pushed = await fetch(`http://${pubsub}/v1/projects/drawdown-local/subscriptions/alert-deliveries-push`)
    expect(await pushed.json()).toMatchObject({
      topic: 'projects/drawdown-local/topics/alert-deliveries',
      pushConfig: { pushEndpoint: 'http://127.0.0.1:8080/alertDelivery' },
    })
    const topics = await fetch(`http://${pubsub}/v1/projects/drawdown-local/topics`)
    const { topics: made } = (await topics.json()) as { readonly topics: readonly { readonly name: string }[] }
    expect(made.map(({ name }) => name.split('/').at(-1)).sort()).toEqual([
      'alert-deliveries',
      'billing-notifications',
      'drawdown-schedule',
      'gemini-usage',
    ])
    const groups = [await groupOf(firestore), await groupOf(pubsub)]
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    expect(await leftOf(groups)).toEqual([])
  })

  test('nothing of them is left even where their parent is killed outright', { timeout: START_MAX_MS }, async () => {
    const { child, firestore, pubsub } = await begin()
    const groups = [await groupOf(firestore), await groupOf(pubsub)]
    child.kill('SIGKILL')
    expect(await leftOf(groups)).toEqual([])
  })
})

describe('where there is no emulator', () => {
  const start = (path: string) => run(process.execPath, MAIN, { cwd: ROOT, env: { PATH: path } })

  test('npm run emulators says why in one line', async () => {
    const { code, stdout, stderr } = await start('/nowhere')
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toBe('The firestore emulator did not start: gcloud is not installed.\n')
  })

  test('a test run names what it left out, and counts the tests as skipped', async () => {
    const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
    const words = [vitest, 'run', '--config', 'test/vitest.config.ts', 'test/wire/cloud.test.ts']
    const { code, stdout } = await run(process.execPath, words, { cwd: ROOT, env: { PATH: '/nowhere' } })
    expect(code).toBe(0)
    expect(stdout.trimEnd().split('\n').slice(-4)).toEqual([
      'Left out:',
      '  emulator:firestore: gcloud is not installed',
      '  emulator:pubsub: gcloud is not installed',
      '0 passed, 0 failed, 1 skipped',
    ])
  })
})
