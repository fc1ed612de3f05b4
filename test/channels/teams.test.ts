import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { teams, teamsCard, teamsMessage } from '../../functions/channels/teams.ts'
import { ConfigError } from '../../functions/domain/errors.ts'
import { chatText } from '../../functions/report/chat-text.ts'
import { describeWebhookChannel } from '../contracts/channel.contract.ts'
import { messageOf, sampleMessage } from '../support/message.ts'

describeWebhookChannel({
  channel: teams,
  cloudUrl:
    'https://prod-08.westeurope.logic.azure.com:443/workflows/w/triggers/manual/paths/invoke?sp=%2Fx&sig=canary-8d1f',
  success: { status: 202, body: '' },
  bodyMaxBytes: 21_000,
  forbidden: ['**bold', '_it_', '~no~', '`c`', '](', '] (', ']:', '][', '${', '{{', '\\', '@everyone'],
  judgedBy: '202',
})

describe('a Teams address', () => {
  const open = (value: string) =>
    teams.open({ kind: 'teams', url: 'X' }, { secret: () => value, fetch, clock: () => 0, allowLoopback: false })

  it.each([
    'https://prod-08.westeurope.logic.azure.com:443/workflows/x',
    'https://default0a1b.9.environment.api.powerplatform.com/powerautomate/automations/direct/workflows/x',
  ])('may be %s', (value) => {
    expect(() => open(value)).not.toThrow()
  })

  it.each([
    'https://logic.azure.com/x',
    'https://evillogic.azure.com/x',
    'https://.logic.azure.com/x',
    'https://prod.logic.azure.com.evil.test/x',
    'https://example.webhook.office.com/webhookb2/x',
    'https://powerplatform.com/x',
  ])('may not be %s', (value) => {
    expect(() => open(value)).toThrow(ConfigError)
    expect(() => open(value)).toThrow('*.logic.azure.com or *.powerplatform.com')
  })
})

const cardOf = (message = sampleMessage()) => teamsMessage(message).attachments[0]?.content ?? expect.fail('no card')

/** The library's own entry for modules does not load in Node. */
const { AdaptiveCard, SerializationContext }: typeof import('adaptivecards') = createRequire(import.meta.url)(
  'adaptivecards/dist/adaptivecards.js',
)

/** What Microsoft's own parser and validator object to. */
const complaints = (json: object): readonly string[] => {
  const card = new AdaptiveCard()
  const context = new SerializationContext()
  card.parse(json, context)
  const parsed = Array.from({ length: context.eventCount }, (_, index) => context.getEventAt(index).message)
  return [...parsed, ...card.validateProperties().validationEvents.map(({ message }) => message)]
}

describe('a Teams card', () => {
  it.each([
    ['ordinary', sampleMessage()],
    ['resolved', sampleMessage({ step: 'resolved' })],
    ['full', messageOf('x'.repeat(10_000))],
    ['without steps', { ...sampleMessage(), words: { ...sampleMessage().words, next: [] } }],
  ])('that is %s has nothing Microsoft’s parser objects to', (_, message) => {
    expect(complaints(cardOf(message))).toEqual([])
  })

  it('would be objected to for a wrong weight, element, action or version, or a missing address', () => {
    const card = cardOf()
    const actions = [{ type: 'Action.Fly' }, { type: 'Action.OpenUrl', title: 'x' }]
    const body = [
      { type: 'TextBlock', text: 'x', weight: 'Boldest' },
      { type: 'Sneeze' },
      { type: 'ActionSet', actions },
    ]
    const found = complaints({ ...card, version: '9.9', body }).join('\n')
    for (const said of ['Boldest', 'Sneeze', 'Action.Fly', '"url" must be set', '9.9']) expect(found).toContain(said)
  })

  it('is the one attachment of a message, in the frame that workflows expect', () => {
    expect(teamsMessage(sampleMessage())).toEqual({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: expect.objectContaining({
            type: 'AdaptiveCard',
            version: '1.4',
            fallbackText: '[critical] Credit is low: 12.40 USD left on Production',
          }),
        },
      ],
    })
  })

  it('begins with the figure in the colour of its severity', () => {
    const colours = (['critical', 'warning', 'info'] as const).map(
      (severity) => cardOf(sampleMessage({ severity })).body[0],
    )
    expect(colours).toEqual([
      expect.objectContaining({ text: '12.40 USD', size: 'ExtraLarge', color: 'Attention' }),
      expect.objectContaining({ color: 'Warning' }),
      expect.objectContaining({ color: 'Accent' }),
    ])
    expect(cardOf(sampleMessage({ step: 'resolved' })).body[0]).toMatchObject({ color: 'Good' })
  })

  it('opens each next step’s page with a button', () => {
    const message = sampleMessage()
    expect(cardOf(message).body.filter(({ type }) => type === 'ActionSet')).toEqual([
      {
        type: 'ActionSet',
        actions: [
          {
            type: 'Action.OpenUrl',
            title: 'Buy credit in AI Studio',
            url: 'https://aistudio.google.com/billing?a=1&b=2',
          },
          {
            type: 'Action.OpenUrl',
            title: 'See which project spends it',
            url: 'https://console.cloud.google.com/billing',
          },
        ],
      },
    ])
  })

  it('has six buttons to a set, for Teams drops the seventh', () => {
    const steps = Array.from({ length: 8 }, (_, at) => ({ label: `${at}`, who: 'x', url: `https://example.com/${at}` }))
    const sets = teamsCard({ ...chatText(sampleMessage()), steps }).body.flatMap((one) =>
      one.type === 'ActionSet' ? [one.actions.map(({ url }) => url.at(-1)).join('')] : [],
    )
    expect(sets).toEqual(['012345', '67'])
  })
})
