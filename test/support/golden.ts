/** What every channel sends for every rule, as files a reviewer can read: caught where it leaves the process. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { ChannelDef, ChannelIo } from '../../functions/channels/channel.ts'
import { channels } from '../../functions/channels/index.ts'
import type { Message } from '../../functions/domain/alerts.ts'
import { instant } from '../../functions/domain/time.ts'
import { creditLow } from '../../functions/rules/credit-low.ts'
import { ruleMessages, storyOf } from './rule-messages.ts'
import { type ReceivedMail, type SmtpPeer, startSmtp } from './smtp-server.ts'

export const GOLDEN_FOLDER = join(import.meta.dirname, '../golden')

/** Settings of a channel that needs more than `{ kind, url: VARIABLE }`. */
const SETTINGS: Readonly<Record<string, object>> = {
  email: { to: ['ops@example.com'], from: 'drawdown@example.com', smtp: 'SMTP_URL' },
  pagerduty: { routingKey: 'OPS_URL' },
  webhook: { url: 'OPS_URL', secrets: ['OPS_SECRET'] },
}

/** Files by their path below the folder: `credit-low/email.txt`. */
export type Golden = ReadonlyMap<string, string>

/** Everything that is sent, by every channel of the registry: a new channel or rule is there by itself. */
export const goldenFiles = async (): Promise<Golden> => {
  const smtp = await startSmtp()
  const files = new Map<string, string>()
  try {
    for (const [folder, message] of goldenMessages()) {
      for (const channel of channels) {
        for (const [ending, text] of await sentBy(channel, message, smtp)) {
          files.set(`${folder}/${channel.kind}.${ending}`, text.endsWith('\n') ? text : `${text}\n`)
        }
      }
    }
  } finally {
    await smtp.close()
  }
  return files
}

/** What lies in the folder. */
export const readGolden = (): Golden =>
  new Map(
    readdirSync(GOLDEN_FOLDER, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(GOLDEN_FOLDER, path).replaceAll('\\', '/'), readFileSync(path, 'utf8')]),
  )

/** The first message of each rule, and of one rule those that follow. */
const goldenMessages = (): readonly (readonly [folder: string, Message])[] => {
  const { repeated, resolved } = storyOf(creditLow) ?? {}
  const later = [repeated, resolved].filter((message) => message !== undefined)
  return [
    ...ruleMessages().map((message) => [message.rule, message] as const),
    ...later.map((message) => [`${message.rule}-${message.step}`, message] as const),
  ]
}

const sentBy = async (
  channel: ChannelDef,
  message: Message,
  smtp: SmtpPeer,
): Promise<readonly (readonly [string, string])[]> => {
  const before = smtp.mails().length
  const bodies: string[] = []
  const settings = { kind: channel.kind, ...(SETTINGS[channel.kind] ?? { url: 'OPS_URL' }) }
  const open = channel.open(settings, ioOf(smtp, bodies))
  const options = { idempotencyKey: 'a1b2c3d4e5f60718293a', signal: new AbortController().signal }
  await open.send(message, { ...options, recipient: open.recipients[0] ?? '' })
  await open.close?.()
  const mails = smtp.mails().slice(before).flatMap(partsOf)
  const sent = [...mails, ...bodies.map((body) => ['json', `${JSON.stringify(JSON.parse(body), null, 2)}`] as const)]
  if (sent.length === 0) throw new Error(`${channel.kind} sent nothing: give it settings in test/support/golden.ts`)
  return sent
}

/** Requests end here; nothing leaves the machine. */
const ioOf = (smtp: SmtpPeer, bodies: string[]): ChannelIo => ({
  secret: (variable) => SECRETS[variable] ?? smtp.url,
  fetch: async (_, init) => {
    bodies.push(String(init?.body))
    return new Response('ok')
  },
  /** Half past nine, UTC: signatures state it. */
  clock: () => instant('2026-11-23T09:30:00Z'),
  allowLoopback: true,
})

const SECRETS: Readonly<Record<string, string>> = {
  OPS_URL: 'http://127.0.0.1/hook',
  OPS_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
}

const partsOf = ({ parsed }: ReceivedMail): readonly (readonly [string, string])[] => [
  ['txt', `Subject: ${parsed.subject ?? ''}\n\n${parsed.text ?? ''}`],
  ['html', parsed.html ?? ''],
]
