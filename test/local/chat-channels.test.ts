/** Every kind of chat channel on a machine where nobody has set its variables: it posts to the local chat, and can be read there. */

import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChannel } from '../../functions/channels/index.ts'
import { parseConfig } from '../../functions/config.ts'
import { instant } from '../../functions/domain/time.ts'
import { type ChatSink, openChatSink } from '../../functions/local/chat-sink.ts'
import { localIo } from '../../functions/local/io.ts'
import { type Mailbox, openMailbox } from '../../functions/local/mailbox.ts'
import { localRoutes } from '../../functions/local/pages.ts'
import { sampleMessage } from '../support/message.ts'

const { channels } = parseConfig(
  `accounts: [{ id: 01D4EE-079462-DFD6EC }]
channels:
  my-chat: { kind: google-chat, url: CHAT_URL }
  my-slack: { kind: slack, url: SLACK_URL }
  my-teams: { kind: teams, url: TEAMS_URL }
  my-discord: { kind: discord, url: DISCORD_URL }
  my-hook: { kind: webhook, url: HOOK_URL, secrets: [HOOK_SECRET, HOOK_SECRET_OLD] }
  my-pager: { kind: pagerduty, routingKey: PAGER_KEY }
  my-pager-eu: { kind: pagerduty, routingKey: PAGER_EU_KEY, region: eu }
`,
  'the test',
)

let mailbox: Mailbox
let chat: ChatSink
let server: Server
let base: string

beforeAll(async () => {
  const clock = () => instant('2026-11-23T10:00:00Z')
  mailbox = await openMailbox({ path: ':memory:', clock })
  chat = openChatSink({ path: ':memory:', clock })
  const route = localRoutes({ mailbox, chat })
  server = createServer((request, response) => void route(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await mailbox.close()
  chat.close()
})

const sendOn = async (name: string) => {
  const { kind = '', settings } = channels[name] ?? {}
  const io = localIo({}, { mail: mailbox.url, chat: `${base}/chat` }, () => undefined)(name, kind)
  const { send } = findChannel(kind)?.open(settings, io) ?? expect.fail(`no channel of kind ${kind}`)
  return send(sampleMessage(), { idempotencyKey: 'd-1', recipient: '', signal: new AbortController().signal })
}

describe.each([
  ['my-chat', 'google-chat', 'Google Chat'],
  ['my-slack', 'slack', 'Slack'],
  ['my-teams', 'teams', 'Teams'],
  ['my-discord', 'discord', 'Discord'],
  ['my-hook', 'webhook', 'Webhook'],
  ['my-pager', 'pagerduty', 'PagerDuty'],
  ['my-pager-eu', 'pagerduty', 'PagerDuty'],
])('%s', (name, vendor, label) => {
  it('is taken by the local chat as its vendor would, and read there', async () => {
    expect(await sendOn(name)).toMatchObject({ kind: 'sent' })
    expect(chat.list()[0]).toMatchObject({
      channel: name,
      vendor,
      text: '[critical] Credit is low: 12.40 USD left on Production',
    })
    const page = await (await fetch(`${base}/chat`)).text()
    const article = page.slice(page.indexOf('<article'), page.indexOf('</article>'))
    expect(article).toContain('<span class="chip critical">Critical</span>')
    expect(article).toContain(`<span class="chip none">${label}</span>`)
    for (const said of ['12.40 USD', 'fell below 20%', 'every API key', '87.60 drawn', 'Buy credit in AI Studio']) {
      expect(article).toContain(said)
    }
    expect(article).not.toMatch(/\*\*|\]\(|&quot;text&quot;: &quot;0&quot;/)
  })
})
