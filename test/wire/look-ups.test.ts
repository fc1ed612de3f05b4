import { afterEach, expect, test } from 'vitest'
import type { LookUp } from '../../functions/app/look-up.ts'
import { schedule } from '../../functions/app/schedule.ts'
import { loadConfig } from '../../functions/config.ts'
import { createLog } from '../../functions/log.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { type App, type AppParts, openApp } from '../../functions/wire.ts'

const opened: App[] = []
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close()
})

const open = (over: Partial<AppParts>): App => {
  const io = { secret: () => 'smtp://127.0.0.1:1', fetch, clock: () => 0, allowLoopback: true }
  const config = { ...loadConfig(undefined, {}), channels: {}, routes: [] }
  const app = openApp({ config, store: openMemoryStore(), log: createLog(() => undefined), ioFor: () => io, ...over })
  opened.push(app)
  return app
}

test('an app without a look-up, as the sample is, asks nobody', async () => {
  const app = open({})
  expect(app.deps.lookUps).toBeUndefined()
  expect(await schedule(app.deps, app.desk)).toMatchObject({ failed: 0 })
})

test('an app with one asks about every listed project and account, and closes it', async () => {
  const calls: string[] = []
  const asked = (what: string) => {
    calls.push(what)
    return Promise.resolve({ kind: 'failed', note: 'not today' } as const)
  }
  const lookUp: LookUp = {
    billingLink: asked,
    accountOpen: asked,
    close: async () => void calls.push('close'),
  }
  const app = open({ lookUp })
  await schedule(app.deps, app.desk)
  expect(calls).toEqual(['01D4EE-079462-DFD6EC', 'my-app', 'my-batch'])
  await opened.pop()?.close()
  expect(calls.at(-1)).toBe('close')
})
