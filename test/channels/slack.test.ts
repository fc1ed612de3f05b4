import type { KnownBlock } from '@slack/types'
import { describe, expect, it } from 'vitest'
import { slack, type slackMessage } from '../../functions/channels/slack.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'
import type { Fits } from '../support/fits.ts'
import { startHttp } from '../support/http-server.ts'
import { messageOf, sampleMessage } from '../support/message.ts'

describeWebhookChannel({
  channel: slack,
  cloudUrl: 'https://hooks.slack.com/services/T0/B0/x',
  success: { status: 200, body: 'ok' },
  bodyMaxBytes: 50 * 3_100,
  forbidden: ['*bold*', '_it_', '~no~', '`c`', '|click'],
})

type Block = { type: string; text?: { text: string }; elements?: { text: string }[] }

const posted = async (message = sampleMessage()): Promise<{ text: string; blocks: Block[] }> => {
  const peer = await startHttp()
  const io = { secret: () => `${peer.url}/services/x`, fetch, clock: () => 0, allowLoopback: true }
  const { send } = slack.open({ kind: 'slack', url: 'X' }, io)
  await send(message, { idempotencyKey: 'd-1', recipient: '', signal: new AbortController().signal })
  const [seen] = peer.requests()
  await peer.close()
  return JSON.parse(seen?.body ?? 'null')
}

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
type Posted = { text: string; blocks: KnownBlock[] }
const FITS: Fits<ReturnType<typeof slackMessage>, Posted> = true
/** The checks bite: an unknown block, a text of the wrong kind, a name that does not exist. */
const MISFITS: [
  Fits<{ text: string; blocks: { type: 'headline' }[] }, Posted>,
  Fits<{ text: string; blocks: { type: 'header'; text: { type: 'mrkdwn'; text: string } }[] }, Posted>,
  Fits<
    { text: string; blocks: { type: 'header'; text: { type: 'plain_text'; text: string; colour: string } }[] },
    Posted
  >,
] = [false, false, false]

describe('a Slack message', () => {
  it('has the shape of Slack’s own types', () => {
    expect([FITS, MISFITS.includes(true as never)]).toEqual([true, false])
  })

  it('has a head with the figure and a line for the notification', async () => {
    const { text, blocks } = await posted()
    expect(text).toBe('[critical] Credit is low: 12.40 USD left on Production')
    expect(blocks[0]).toEqual({ type: 'header', text: { type: 'plain_text', emoji: false, text: '🔴 12.40 USD' } })
  })

  it('links a next step by its address, escaped', async () => {
    const { blocks } = await posted()
    const steps = blocks.find((block) => block.text?.text.startsWith('*Who does what*'))
    expect(steps?.text?.text).toBe(
      [
        '*Who does what*',
        '1. <https://aistudio.google.com/billing?a=1&amp;b=2|Buy credit in AI Studio> (billing owner)',
        '2. <https://console.cloud.google.com/billing|See which project spends it> (on call)',
        '3. Tell the team that runs my-batch (on call)',
      ].join('\n'),
    )
  })

  it('escapes an ampersand once and never lets an angle bracket through', async () => {
    const { text } = await posted(messageOf('R&D <!channel>'))
    expect(text).toBe('[critical] R&amp;D ‹!channel›')
  })

  it('stays within 50 blocks, 150 characters of head and 3,000 of a section', async () => {
    const { blocks } = await posted(messageOf('&'.repeat(1_000_000)))
    expect(blocks.length).toBeLessThanOrEqual(50)
    for (const { type, text } of blocks) {
      expect((text?.text ?? '').length).toBeLessThanOrEqual(type === 'header' ? 150 : 3_000)
    }
  })
})
