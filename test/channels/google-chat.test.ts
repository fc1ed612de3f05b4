import type { chat_v1 } from '@googleapis/chat'
import { describe, expect, it } from 'vitest'
import { googleChat, type googleChatMessage } from '../../functions/channels/google-chat.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'
import { stringsOf } from '../contracts/webhook-words.ts'
import type { Fits } from '../support/fits.ts'
import { startHttp } from '../support/http-server.ts'
import { messageOf, sampleMessage } from '../support/message.ts'

describeWebhookChannel({
  channel: googleChat,
  cloudUrl: 'https://chat.googleapis.com/v1/spaces/S/messages?key=k&token=t',
  success: { status: 200, body: '{"name":"spaces/S/messages/M"}' },
  bodyMaxBytes: 32_000,
  forbidden: ['*bold*', '_it_', '~no~', '`c`'],
})

const posted = async (message = sampleMessage()) => {
  const peer = await startHttp((response) => response.end('{}'))
  const io = {
    secret: () => `${peer.url}/v1/spaces/S/messages?key=k&token=t`,
    fetch,
    clock: () => 0,
    allowLoopback: true,
  }
  const { send } = googleChat.open({ kind: 'google-chat', url: 'X' }, io)
  await send(message, { idempotencyKey: 'd-1', recipient: '', signal: new AbortController().signal })
  const [seen] = peer.requests()
  await peer.close()
  return { body: JSON.parse(seen?.body ?? 'null'), query: new URL(seen?.path ?? '', 'http://x').searchParams }
}

type Posted = chat_v1.Schema$Message
const FITS: Fits<ReturnType<typeof googleChatMessage>, Posted> = true
type Widget<Shape> = { cardsV2: { cardId: string; card: { sections: { widgets: Shape[] }[] } }[] }
/** The checks bite: an unknown widget, a link in the wrong place, a number for a text. */
const MISFITS: [
  Fits<Widget<{ textParagraf: { text: string } }>, Posted>,
  Fits<Widget<{ buttonList: { buttons: { text: string; openLink: { url: string } }[] } }>, Posted>,
  Fits<Widget<{ textParagraph: { text: number } }>, Posted>,
] = [false, false, false]

describe('a Google Chat message', () => {
  it('has the shape of Google’s own types', () => {
    expect([FITS, MISFITS.includes(true as never)]).toEqual([true, false])
  })

  it('keeps the address’s own query, and adds thread option and request id', async () => {
    expect(Object.fromEntries((await posted()).query)).toEqual({
      key: 'k',
      token: 't',
      messageReplyOption: 'REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD',
      requestId: 'd-1',
    })
  })

  it('threads by alert and shows figure and title in the card’s head', async () => {
    const { body } = await posted()
    expect(body.thread).toEqual({ threadKey: '3f9a61c2d07be4581a6c' })
    expect(body.text).toBe('[critical] Credit is low: 12.40 USD left on Production')
    expect(body.cardsV2[0].card.header).toEqual({
      title: '12.40 USD',
      subtitle: 'Credit is low: 12.40 USD left on Production',
    })
  })

  it('opens each next step’s page with a button', async () => {
    const widgets = (await posted()).body.cardsV2[0].card.sections.flatMap((one: { widgets: object[] }) => one.widgets)
    const list = widgets.find((widget: object) => 'buttonList' in widget)
    expect(list.buttonList.buttons).toEqual([
      {
        text: 'Buy credit in AI Studio',
        onClick: { openLink: { url: 'https://aistudio.google.com/billing?a=1&b=2' } },
      },
      {
        text: 'See which project spends it',
        onClick: { openLink: { url: 'https://console.cloud.google.com/billing' } },
      },
    ])
  })

  it('escapes outside text where a widget reads HTML', async () => {
    const { body } = await posted(messageOf('Fish & <b>Chips</b>'))
    const texts = stringsOf(body.cardsV2[0].card.sections).filter((text) => text.includes('Fish'))
    expect(texts.some((text) => text.includes('Fish &amp; ‹b›Chips‹/b›'))).toBe(true)
    expect(texts.join()).not.toContain('<b>Chips')
  })
})
