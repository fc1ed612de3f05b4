/** The links that answer an alert, in every medium that shows a message. */

import { describe, expect, test } from 'vitest'
import { discordMessage } from '../../functions/channels/discord.ts'
import { googleChat } from '../../functions/channels/google-chat.ts'
import { pagerdutyEvent } from '../../functions/channels/pagerduty.ts'
import { slack } from '../../functions/channels/slack.ts'
import { teamsMessage } from '../../functions/channels/teams.ts'
import { webhookEvent } from '../../functions/channels/webhook.ts'
import { parseJson } from '../../functions/domain/json.ts'
import { partsOf } from '../../functions/local/chat-shape.ts'
import { ownAnswers, ownPath } from '../../functions/local/own-path.ts'
import { chatText } from '../../functions/report/chat-text.ts'
import { renderMail } from '../../functions/report/mail.ts'
import { viewOf } from '../../functions/report/message-view.ts'
import { startHttp } from '../support/http-server.ts'
import { sampleMessage } from '../support/message.ts'

const LINKS = {
  acknowledge: 'https://status.example.com/acknowledge?t=1.A.b.2.c-d_e',
  snooze: 'https://status.example.com/snooze?t=1.A.b.2.f-g_h',
}
const LOCAL = {
  acknowledge: 'http://localhost:8080/acknowledge?t=1.A.b.2.c-d_e',
  snooze: 'http://localhost:8080/snooze?t=1.A.b.2.f-g_h',
}
const ANSWERS = [
  { label: 'Acknowledge', url: LINKS.acknowledge },
  { label: 'Snooze', url: LINKS.snooze },
]

describe('the view', () => {
  test('has both links in place of the command', () => {
    const view = viewOf(sampleMessage({ links: LINKS }))
    expect(view.answers).toEqual(ANSWERS)
    expect(view).not.toHaveProperty('acknowledge')
    expect(chatText(sampleMessage({ links: LINKS }))).toMatchObject({ answers: ANSWERS })
    expect(chatText(sampleMessage({ links: LINKS })).footer).not.toContain('drawdown alerts')
  })

  test('without links names the command, where there is something to stop', () => {
    expect(viewOf(sampleMessage())).toMatchObject({
      answers: [],
      acknowledge: 'npx drawdown alerts ack 3f9a61c2d07be4581a6c',
    })
    for (const over of [{ step: 'resolved' }, { severity: 'info' }] as const)
      expect(viewOf(sampleMessage(over))).not.toHaveProperty('acknowledge')
  })

  test('lets plain HTTP lead to this machine and nowhere else', () => {
    const urls = (acknowledge: string) => viewOf(sampleMessage({ links: { acknowledge, snooze: '' } })).answers
    expect(urls(LOCAL.acknowledge)).toHaveLength(1)
    for (const bad of [
      'http://status.example.com/acknowledge?t=1',
      'http://localhost.evil.test/acknowledge?t=1',
      'http://a:b@localhost/acknowledge?t=1',
      'javascript:alert(1)',
      '//evil.test',
      '',
    ])
      expect(urls(bad)).toEqual([])
  })
})

test('a mail has both links in both parts', () => {
  const { text, html } = renderMail(sampleMessage({ links: LINKS }))
  for (const { label, url } of ANSWERS) {
    expect(text).toContain(`${label}: ${url}`)
    expect(html).toMatch(new RegExp(`<a[^>]* href="${url.replaceAll('?', '\\?')}"[^>]*>${label}</a>`))
  }
  expect(text + html).not.toContain('drawdown alerts')
})

const posted = async (channel: typeof slack, links: typeof LINKS) => {
  const peer = await startHttp((response) => response.end(channel === slack ? 'ok' : '{}'))
  try {
    const io = { secret: () => `${peer.url}/hook`, fetch, clock: () => 0, allowLoopback: true }
    const { send } = channel.open({ kind: channel.kind, url: 'HOOK' }, io)
    const options = { idempotencyKey: 'd1', recipient: '', signal: AbortSignal.timeout(5_000) }
    expect((await send(sampleMessage({ links }), options)).kind).toBe('sent')
    return peer.requests()[0]?.body ?? ''
  } finally {
    await peer.close()
  }
}

test('Google Chat gets two buttons, Slack two links', async () => {
  const card = JSON.parse(await posted(googleChat, LINKS)).cardsV2[0].card
  const buttons = card.sections.flatMap((section: { widgets: { buttonList?: { buttons: unknown[] } }[] }) =>
    section.widgets.flatMap(({ buttonList }) => buttonList?.buttons ?? []),
  )
  for (const { label, url } of ANSWERS) expect(buttons).toContainEqual({ text: label, onClick: { openLink: { url } } })
  expect(await posted(slack, LINKS)).toContain(`<${LINKS.acknowledge}|Acknowledge> · <${LINKS.snooze}|Snooze>`)
})

test('Teams, Discord, PagerDuty and a webhook of one’s own get them as well', () => {
  const message = sampleMessage({ links: LINKS })
  const said = [teamsMessage(message), discordMessage(message), pagerdutyEvent(message, 'key'), webhookEvent(message)]
  for (const body of said)
    for (const { label, url } of ANSWERS) {
      expect(JSON.stringify(body)).toContain(url)
      expect(JSON.stringify(body)).toContain(label)
    }
  expect(webhookEvent(message).data).toMatchObject({ answers: ANSWERS })
  expect(webhookEvent(sampleMessage()).data).not.toHaveProperty('answers')
})

describe('on one machine', () => {
  test.each([
    ['slack', slack],
    ['google-chat', googleChat],
  ])('the chat page shows the links of %s as buttons of its own', async (_, channel) => {
    const body = parseJson(await posted(channel, LOCAL))
    if (!body.ok) throw new Error('no JSON was posted')
    const links = partsOf(body.value as never).filter(({ kind }) => kind === 'link')
    expect(links).toContainEqual({ kind: 'link', text: 'Acknowledge', href: '/acknowledge?t=1.A.b.2.c-d_e' })
    expect(links).toContainEqual({ kind: 'link', text: 'Snooze', href: '/snooze?t=1.A.b.2.f-g_h' })
  })

  test('the mail page finds them in the text, and only its own', () => {
    expect(ownAnswers(renderMail(sampleMessage({ links: LOCAL })).text)).toEqual([
      { label: 'Acknowledge', path: '/acknowledge?t=1.A.b.2.c-d_e' },
      { label: 'Snooze', path: '/snooze?t=1.A.b.2.f-g_h' },
    ])
    for (const bad of [
      'http://localhost.evil.test/acknowledge?t=1',
      'http://localhost:8080/acknowledge?t=1&next=//evil.test',
      'http://localhost:8080//evil.test/acknowledge?t=1',
      'http://localhost:8080/mail?t=1',
      'https://status.example.com/acknowledge?t=1',
      'http://localhost:8080/acknowledge?t="><script>',
    ]) {
      expect(ownPath(bad)).toBeUndefined()
      expect(ownAnswers(`Acknowledge: ${bad}`)).toEqual([])
    }
  })
})
