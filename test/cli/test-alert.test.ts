/** `drawdown test-alert` against a real mail server and a real chat, and by way of the running service. */

import { existsSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../functions/wire.ts'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { startFramework, startLocal } from '../support/framework.ts'
import { type HttpPeer, startHttp } from '../support/http-server.ts'
import { type SmtpPeer, startSmtp } from '../support/smtp-server.ts'
import { ACCOUNT, type Sandbox, sandbox } from './drawdown.ts'

const CONFIG = `accounts:
  - { id: ${ACCOUNT}, name: Production }
channels:
  ops-mail: { kind: email, to: [ops@example.com, boss@example.com], from: drawdown@example.com, smtp: SMTP_URL }
  ops-chat: { kind: slack, url: OPS_CHAT_URL }
`

type Result = {
  readonly channel: string
  readonly recipient: string
  readonly status: string
  readonly by: string
  readonly note: string
  readonly reason?: string
}

type Peers = { readonly smtp: SmtpPeer; readonly chat: HttpPeer; readonly env: Record<string, string> }

const peers = async (): Promise<Peers> => {
  const [smtp, chat] = [await startSmtp(), await startHttp()]
  onTestFinished(async () => {
    await smtp.close()
    await chat.close()
  })
  return { smtp, chat, env: { SMTP_URL: smtp.url, OPS_CHAT_URL: `${chat.url}/hook` } }
}

const run = async (box: Sandbox, env: Record<string, string>, ...words: readonly string[]) => {
  const { code, out, err } = await box.runWith({ env }, 'test-alert', ...words, '--json')
  const { results, problems } = JSON.parse(out) as { results: readonly Result[]; problems: readonly string[] }
  expect(err).toBe('')
  return { code, results, problems }
}

test('goes to every recipient of every channel at once, is marked as a test, and stores nothing', async () => {
  const [box, { smtp, chat, env }] = [sandbox(CONFIG), await peers()]
  const { code, results, problems } = await run(box, env, '--by', 'Grace')
  expect({ code, problems }).toEqual({ code: 0, problems: [] })
  expect(results).toEqual([
    {
      channel: 'ops-mail',
      recipient: 'ops@example.com',
      status: 'sent',
      note: 'accepted by the mail server',
      by: 'here',
      kind: 'email',
    },
    {
      channel: 'ops-mail',
      recipient: 'boss@example.com',
      status: 'sent',
      note: 'accepted by the mail server',
      by: 'here',
      kind: 'email',
    },
    { channel: 'ops-chat', recipient: '', status: 'sent', note: 'HTTP 200 OK', by: 'here', kind: 'slack' },
  ])
  expect(
    smtp
      .mails()
      .map(({ to }) => to[0])
      .sort(),
  ).toEqual(['boss@example.com', 'ops@example.com'])
  const [mail] = smtp.mails()
  expect(mail?.parsed.subject).toBe('[info] Test: nothing is wrong, this is a test alert of Drawdown')
  expect(mail?.parsed.text).toContain('Grace sent it through the channel ops-mail')
  expect(mail?.parsed.text).not.toContain('alerts ack')
  expect(chat.requests()[0]?.body).toContain('this is a test alert of Drawdown')
  expect(existsSync(box.path('drawdown.db'))).toBe(false)
})

test('goes to one channel where one is named, and shows a row for each recipient', async () => {
  const [box, { smtp, chat, env }] = [sandbox(CONFIG), await peers()]
  const { code, out, err } = await box.runWith({ env }, 'test-alert', 'ops-mail')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(
    /^CHANNEL {3}RECIPIENT {9}RESULT {2}BY {12}NOTE\nops-mail {2}ops@example\.com {3}sent {4}this command {2}accepted by the mail server\nops-mail {2}boss@example\.com {2}sent /,
  )
  expect([smtp.mails().length, chat.requests().length]).toEqual([2, 0])
})

test('says who refused, why, and what to mend, and does not try again', async () => {
  const [box, { smtp, chat, env }] = [sandbox(CONFIG), await peers()]
  smtp.behave({ at: 'rcpt', act: 550 })
  chat.answer((response) => response.writeHead(404).end('no_service'))
  const { code, results, problems } = await run(box, env)
  expect(code).toBe(1)
  expect(results.map(({ status, reason, note }) => [status, reason, note])).toEqual([
    ['refused', 'address', 'SMTP 550'],
    ['refused', 'address', 'SMTP 550'],
    ['refused', 'refused', 'HTTP 404 Not Found'],
  ])
  expect(problems).toEqual([
    'ops-mail to ops@example.com: SMTP 550. The mail server refuses this recipient: check the address in the configuration.',
    'ops-mail to boss@example.com: SMTP 550. The mail server refuses this recipient: check the address in the configuration.',
    'ops-chat: HTTP 404 Not Found. Check that OPS_CHAT_URL is complete and has not been revoked.',
  ])
  expect(chat.requests()).toHaveLength(1)
  const { err } = await box.runWith({ env }, 'test-alert', 'ops-chat')
  expect(err).toBe(`${problems[2]}\n`)
})

test.each([
  ['a page in place of the webhook', 200, '<html>', 'bad-reply', 'not a page or a proxy'],
  ['a redirect', 302, '', 'redirect', 'store the final address there'],
  ['too many messages', 429, '', 'rate-limited', 'try again in a minute'],
  ['trouble of its own', 503, '', 'server-error', 'try again later'],
  ['a webhook that is gone', 410, '', 'gone', 'make a new one'],
])('%s is told apart', async (_, status, body, reason, mend) => {
  const [box, { chat, env }] = [sandbox(CONFIG), await peers()]
  chat.answer((response) => response.writeHead(status).end(body))
  const { code, results, problems } = await run(box, env, 'ops-chat')
  expect([code, results[0]?.reason]).toEqual([1, reason])
  expect(problems[0]).toContain(mend)
})

test('a channel that cannot be opened does not hide the others, and no secret is repeated', async () => {
  const [box, { smtp }] = [sandbox(CONFIG), await peers()]
  const env = { SMTP_URL: smtp.url, OPS_CHAT_URL: 'https://evil.test/s3cret' }
  const { code, results, problems } = await run(box, env)
  expect(code).toBe(1)
  expect(results.map(({ channel, status }) => `${channel} ${status}`)).toEqual([
    'ops-mail sent',
    'ops-mail sent',
    'ops-chat failed',
  ])
  expect(problems).toEqual(['ops-chat: OPS_CHAT_URL: must point at hooks.slack.com.'])
})

test('wrong words: a channel nobody has, and a configuration without any', async () => {
  expect(await sandbox(CONFIG).run('test-alert', 'ops-mial')).toEqual({
    code: 1,
    out: '',
    err: 'No channel is called ops-mial. Did you mean ops-mail?\n',
  })
  expect(await sandbox(`accounts: [{ id: ${ACCOUNT} }]`).run('test-alert')).toMatchObject({
    code: 1,
    err: 'The configuration has no channels: add one, such as ops-mail.\n',
  })
  expect(await sandbox(CONFIG).run('test-alert', '--wait', 'long')).toMatchObject({ code: 2 })
})

test('without its secrets here, the running service sends; npm start shows it at /mail', async () => {
  const box = sandbox(CONFIG)
  const local = await startLocal(box.path('.'), {
    STORE: `sqlite:${box.path('drawdown.db')}`,
    DRAWDOWN_CONFIG: box.path('drawdown.yaml'),
    SMTP_URL: '',
    OPS_CHAT_URL: '',
  })
  onTestFinished(() => void local.child.kill('SIGKILL'))
  const { code, out, err } = await box.run('test-alert')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/ops-mail {2}ops@example\.com {3}sent {4}the service {2}accepted by the mail server\n/)
  expect(out).toContain('SMTP_URL and OPS_CHAT_URL are not set here: the running service was left to send.')
  const mails = (await (await fetch(`${local.url}/mail.json`)).json()) as readonly { subject: string }[]
  expect(mails.map(({ subject }) => subject)).toEqual(
    Array(2).fill('[info] Test: nothing is wrong, this is a test alert of Drawdown'),
  )
  const rows = (await box.json('deliveries', 'list')) as { deliveries: readonly { rule: string; status: string }[] }
  expect(rows.deliveries.map(({ rule, status }) => `${rule} ${status}`)).toEqual(Array(3).fill('test-alert sent'))
  expect(await box.json('alerts', 'list', '--all')).toEqual({ alerts: [] })
})

test('where no service runs, the message waits and says so', async () => {
  const box = sandbox(CONFIG)
  const { code, results, problems } = await run(box, {}, 'ops-chat', '--wait', '1')
  expect([code, results[0]?.status, results[0]?.by]).toEqual([1, 'waiting', 'service'])
  expect(problems).toEqual([
    'ops-chat: not sent yet. No running service has taken it. It stays in the outbox of STORE and goes out when one runs: start it, or set OPS_CHAT_URL to send from here.',
  ])
})

/** The sender of the cloud, asked again and again as Pub/Sub and the schedule would. */
const drainWhile = async (url: string, work: Promise<unknown>): Promise<void> => {
  let isDone = false
  const end = (): void => {
    isDone = true
  }
  work.then(end, end)
  while (!isDone) {
    await fetch(url, { method: 'POST', body: '{}' })
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const throughOutbox = async (box: Sandbox, env: Record<string, string>): Promise<void> => {
  const { smtp, chat, env: secrets } = await peers()
  chat.answer((response) => response.writeHead(403).end())
  const shared = { ...env, DRAWDOWN_CONFIG: box.path('drawdown.yaml') }
  const sender = await startFramework('alertDelivery', { ...shared, ...secrets })
  onTestFinished(() => void sender.child.kill('SIGKILL'))
  const ran = run(box, { ...env, ...secrets }, '--outbox')
  await drainWhile(sender.url, ran)
  const { code, results, problems } = await ran
  expect(results.map(({ channel, status, by }) => `${channel} ${status} ${by}`)).toEqual([
    'ops-mail sent service',
    'ops-mail sent service',
    'ops-chat refused service',
  ])
  expect(problems).toEqual(['ops-chat: HTTP 403 Forbidden. Check OPS_CHAT_URL where the service runs.'])
  expect([code, smtp.mails().length]).toEqual([1, 2])
  const store = await openStore(env['STORE'] ?? '')
  const rows = await store.deliveries({ limit: 10 })
  await store.close()
  expect(rows.map(({ channel, state }) => `${channel} ${state.status}`).sort()).toEqual([
    'ops-chat dead',
    'ops-mail sent',
    'ops-mail sent',
  ])
}

test('--outbox goes the whole way, from SQLite by the function that sends', async () => {
  const box = sandbox(CONFIG)
  await throughOutbox(box, { STORE: `sqlite:${box.path('drawdown.db')}` })
})

const firestore = await firestoreEmulator()

emulatorSuite('test-alert over Firestore', firestore, ({ host }) => {
  test('--outbox goes the whole way there too', { timeout: 60_000 }, async () => {
    const env = { STORE: 'firestore:', FIRESTORE_EMULATOR_HOST: host, GOOGLE_CLOUD_PROJECT: ownProject('test-alert') }
    Object.assign(process.env, env)
    await throughOutbox(sandbox(CONFIG), env)
  })
})
