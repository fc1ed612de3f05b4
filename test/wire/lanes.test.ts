import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import { ACCOUNT } from '../support/facts.ts'
import { startFramework } from '../support/framework.ts'
import { startSmtp } from '../support/smtp-server.ts'
import { commit, delivery } from '../support/store-samples.ts'

/** Longer than a webhook is waited for. */
const WAIT_MAX_MS = 60_000

const CONFIG = `
accounts:
  - id: ${ACCOUNT}
channels:
  ops-chat: { kind: google-chat, url: OPS_CHAT_URL }
  ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL }
`

/** Takes connections and requests, and never answers. */
const startHanging = async () => {
  let asked = 0
  const server = createServer((request) => {
    asked += 1
    request.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked: () => asked }
}

test('a real function sends all mail while the chat hangs, and spares most of what waits for the chat', {
  timeout: WAIT_MAX_MS,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drawdown-lanes-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'ledger.db')
  writeFileSync(join(folder, 'config.yaml'), CONFIG)
  const store = openSqliteStore(path)
  onTestFinished(() => store.close())
  const createdAt = Date.now()
  const chats = Array.from({ length: 200 }, (_, n) =>
    delivery(`chat-${n}`, { channel: 'ops-chat', recipient: '', createdAt }),
  )
  const mails = Array.from({ length: 12 }, (_, n) => delivery(`mail-${n}`, { createdAt }))
  await store.commit(commit({ at: createdAt, deliveries: [...chats, ...mails] }))

  const [chat, smtp] = [await startHanging(), await startSmtp()]
  onTestFinished(() => smtp.close())
  const one = await startFramework('alertDelivery', {
    STORE: `sqlite:${path}`,
    DRAWDOWN_CONFIG: join(folder, 'config.yaml'),
    SMTP_URL: smtp.url,
    OPS_CHAT_URL: chat.url,
  })
  onTestFinished(() => void one.child.kill('SIGKILL'))

  let isAnswered = false
  const answer = fetch(one.url, { method: 'POST', body: '{}' }).then(async (response) => {
    isAnswered = true
    return { status: response.status, body: await response.text() }
  })
  await expect.poll(() => smtp.mails().length, { timeout: WAIT_MAX_MS }).toBe(12)
  expect(isAnswered).toBe(false)
  expect(chat.asked()).toBeGreaterThan(0)

  const { status, body } = await answer
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({ sent: 12, dead: 0 })
  const waiting = (await store.deliveries({ status: 'pending', limit: 500 })).map(({ state }) => state)
  expect(waiting).toHaveLength(200)
  expect(waiting.filter(({ attempts }) => attempts > 0).length).toBeLessThanOrEqual(5)
  expect(waiting.filter(({ lease }) => lease)).toEqual([])
})
