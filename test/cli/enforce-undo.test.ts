/** `drawdown enforce dry-run` and `undo` before servers that speak Google's interfaces. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDesk } from '../../functions/app/desk.ts'
import { enforceCommand } from '../../functions/cli/enforce.ts'
import type { Terminal } from '../../functions/cli/terminal.ts'
import { HOUR_MS } from '../../functions/domain/time.ts'
import type { EnforceSettings } from '../../functions/enforce/ladder.ts'
import { CHECKPOINT_LIMITS } from '../../functions/ledger/checkpoint.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { enforceScene } from '../support/enforce-scene.ts'
import { ACCOUNT } from '../support/facts.ts'
import { fakeKey } from '../support/google-project.ts'

const GEMINI = { service: 'generativelanguage.googleapis.com' }
const LADDER: EnforceSettings = {
  armed: true,
  projects: {
    'my-batch': {
      ...{ steps: ['restrict-keys', 'unlink-billing'], keys: ['k1'] },
      when: { rule: ['credit-exhausted'], severity: ['critical'] },
    },
  },
}
const CONFIG = `accounts: [{ id: ${ACCOUNT}, projects: [my-app, my-batch] }]
enforce:
  armed: true
  projects: { my-batch: { steps: [restrict-keys, unlink-billing], keys: [k1], when: { rule: [credit-exhausted] } } }
`

test('undo only with --yes, from a store that was summed up since; dry-run asks and changes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-enforce-'))
  const path = join(folder, 'ledger.db')
  writeFileSync(join(folder, 'c.yaml'), CONFIG)
  const store = openSqliteStore(path)
  const scene = await enforceScene({}, store)
  onTestFinished(async () => {
    await scene.close()
    rmSync(folder, { recursive: true, force: true })
  })
  scene.project.keys.push(fakeKey('k1', { apiTargets: [GEMINI] }))
  await scene.arm()
  await scene.run({ settings: LADDER })
  scene.app.clock.now += HOUR_MS
  await scene.run({ settings: LADDER })
  expect(scene.google.updates()).toEqual(['projects/my-batch to '])
  // Everything becomes pages of a checkpoint, and nothing of it is left in the log.
  const deps = { ...scene.app.deps, checkpoints: { ...CHECKPOINT_LIMITS, commitsMax: 1 } }
  const desk = openDesk(deps)
  scene.app.clock.now += 1
  await desk.submit(ACCOUNT, { facts: [], quarantined: [quarantined(scene.app.clock.now)] })
  expect((await store.load(ACCOUNT, 0)).facts).toEqual([])
  await store.close()

  const lines: string[] = []
  const codes: number[] = []
  const terminal: Terminal = {
    env: { STORE: `sqlite:${path}`, DRAWDOWN_CONFIG: join(folder, 'c.yaml') },
    clock: () => scene.app.clock.now + 60_000,
    stdin: process.stdin,
    out: (text) => void lines.push(text.trimEnd()),
    err: (text) => void lines.push(text),
    paint: (_, text) => text,
    exit: (code) => void codes.push(code),
  }
  const port = { ...scene.port, close: async () => undefined }
  const drawdown = (...words: string[]) =>
    enforceCommand(terminal, async () => port).parseAsync(words, { from: 'user' })
  await drawdown('undo', 'my-batch')
  expect(scene.google.updates()).toHaveLength(1)
  await drawdown('undo', 'my-batch', '--yes', '--by', 'ada')
  expect(scene.google.updates().slice(1)).toEqual([`projects/my-batch to billingAccounts/${ACCOUNT}`])
  await drawdown('undo', 'my-batch', '--yes')
  await drawdown('dry-run', 'my-batch')
  scene.rights.clear()
  await drawdown('dry-run', 'my-batch')
  expect(scene.google.updates()).toHaveLength(2)
  expect(lines).toEqual([
    `Would undo unlink-billing: link to ${ACCOUNT}, restrict-keys: k1. Run it again with --yes.`,
    `my-batch unlink-billing: done, it is linked to ${ACCOUNT}\nmy-batch restrict-keys: done, 1 API key (k1) given back what they had`,
    'Nothing of my-batch is to be undone.',
    'my-batch restrict-keys: done, 1 API key (k1) would be closed to the Gemini API\nmy-batch unlink-billing: done, it would be unlinked',
    'my-batch restrict-keys: refused, it would fail: this account lacks apikeys.keys.list, apikeys.keys.update\nmy-batch unlink-billing: refused, it would fail: this account lacks resourcemanager.projects.get, resourcemanager.projects.deleteBillingAssignment',
  ])
  expect(codes).toEqual([0, 0, 0, 0, 1])
})

const quarantined = (at: number) => ({
  ...({ id: 'q1', account: ACCOUNT, reason: 'JSON', detail: 'no closing brace', sample: '{', at } as const),
})
