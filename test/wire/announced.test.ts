import { createServer, type IncomingMessage } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { parseConfig } from '../../functions/config.ts'
import { openAnnouncer, type Topic } from '../../functions/pubsub.ts'
import { openGuard } from '../../functions/push-token.ts'
import { openMemoryStore } from '../../functions/store/memory.ts'
import { handlerOf } from '../../functions/targets.ts'
import { openApp } from '../../functions/wire.ts'
import { ACCOUNT } from '../support/facts.ts'

/** A request is answered after its announcement: in the cloud a function may have no processor time once it has answered. */
const CONFIG = `
accounts:
  - { id: ${ACCOUNT}, name: Production, projects: [my-app] }
channels:
  ops-mail: { kind: email, to: [ops@example.com], from: drawdown@example.com, smtp: SMTP_URL }
routes:
  - { when: { severity: [critical] }, to: [ops-mail] }
`

const silent = { info: () => undefined, warning: () => undefined, error: () => undefined }
const endings: (() => unknown)[] = []
afterEach(async () => {
  for (const end of endings.splice(0)) await end()
})

/** The billing function over a topic whose publishes end when the test says so. */
const start = async () => {
  const published: object[] = []
  const publishing = Promise.withResolvers<string>()
  let isClosed = false
  const topic: Topic = {
    publish: (body) => {
      published.push(body)
      return publishing.promise
    },
    close: async () => {
      isClosed = true
    },
  }
  const io = { secret: () => 'smtp://127.0.0.1:9', fetch, clock: () => 0, allowLoopback: true }
  const app = openApp({
    config: parseConfig(CONFIG, 'config.yaml'),
    store: openMemoryStore(),
    log: silent,
    ioFor: () => io,
    announcer: openAnnouncer(topic, silent),
  })
  const handler = handlerOf('billingNotification', async () => app, openGuard)
  const server = createServer(async (request, response) => {
    const rawBody = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    await handler(Object.assign(request as IncomingMessage, { rawBody }), response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  endings.push(() => server.close())
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
  const ask = async () => (await fetch(url)).status
  return { app, published, publishing, isClosed: () => isClosed, ask, post: (body: object) => post(url, body) }
}

const post = async (url: string, body: object): Promise<number> => {
  const data = Buffer.from(JSON.stringify({ billingAccountId: ACCOUNT, ...body })).toString('base64')
  const message = { data, attributes: { drawdown: 'prepayment-required' }, publishTime: '2026-11-23T10:00:01Z' }
  const headers = { 'content-type': 'application/json' }
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify({ message, subscription: 's' }) })).status
}

const DEMAND = { reason: 'banner in the console', at: '2026-11-23T10:00:00Z' }

test('a request with an alert is answered once the alert is announced, and not before', async () => {
  const { ask, post, published, publishing } = await start()
  const order: string[] = []
  const answered = post(DEMAND).then((status) => order.push(`answered ${status}`))
  await expect.poll(() => published).toEqual([{ account: ACCOUNT, deliveries: [expect.any(String)] }])
  // Asked later and answered: the first request was not merely slow.
  expect(await ask()).toBe(405)
  expect(order).toEqual([])
  order.push('announced')
  publishing.resolve('1')
  await answered
  expect(order).toEqual(['announced', 'answered 200'])
})

test('an announcement that fails costs the request nothing', async () => {
  const { post, published, publishing } = await start()
  const answered = post(DEMAND)
  await expect.poll(() => published).toHaveLength(1)
  publishing.reject(new Error('no such topic'))
  expect(await answered).toBe(200)
})

test('closing waits for what is being announced', async () => {
  const { app, post, published, publishing, isClosed } = await start()
  const answered = post(DEMAND)
  await expect.poll(() => published).toHaveLength(1)
  const closed = app.close()
  expect(isClosed()).toBe(false)
  publishing.resolve('1')
  await closed
  expect([isClosed(), await answered]).toEqual([true, 200])
})
