/** Mail by SMTP: one envelope per recipient, the same bytes at every attempt. */

import { createTransport } from 'nodemailer'
import { z } from 'zod'
import type { Message } from '../domain/alerts.ts'
import { contentHash } from '../domain/keys.ts'
import { renderMail } from '../report/mail.ts'
import { mailChart } from '../report/mail-chart.ts'
import { type ChannelDef, type ChannelIo, defineChannel, type SendOptions, type SendOutcome } from './channel.ts'
import { type DrawPicture, type MailPicture, openPictures } from './mail-picture.ts'
import { variableName, withConfigErrors } from './settings.ts'
import { smtpFailure, smtpReply } from './smtp-outcome.ts'
import { smtpServer } from './smtp-server.ts'

/** RFC 5321 allows 254 characters. Quotes, groups, lists and line breaks have sent mail to strangers before. */
const ADDRESS =
  /^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/
const ADDRESS_MAX = 254
const RECIPIENTS_MAX = 50

/** More than one server's refusal, less than a function's patience. */
const TIMEOUTS = { connectionTimeout: 5_000, greetingTimeout: 5_000, dnsTimeout: 5_000, socketTimeout: 15_000 } as const

const address = z.string().max(ADDRESS_MAX).regex(ADDRESS, 'must be one plain mail address, such as ops@example.com')

const isUnique = (list: readonly string[]): boolean =>
  new Set(list.map((one) => one.toLowerCase())).size === list.length

/** `smtp` names the environment variable that holds an `smtp://` or `smtps://` URL. */
const settings = z.strictObject({
  kind: z.literal('email'),
  to: z.array(address).min(1).max(RECIPIENTS_MAX).refine(isUnique, 'names a recipient twice'),
  from: address,
  smtp: variableName,
})

/**
 * Sends multipart mail with a Message-ID made of the delivery's id, so that a second copy can be told as one.
 * A lost connection is ambiguous: SMTP cannot say whether the message was taken. TLS is required and verified,
 * except on loopback where `io.allowLoopback`. A picture that cannot be drawn is left out, and the outcome says so.
 */
export const emailWith = (draw: DrawPicture): ChannelDef =>
  withConfigErrors(
    defineChannel({
      kind: 'email',
      settings,
      secrets: ({ smtp }) => [smtp],
      open: ({ to, from, smtp }, io) => {
        const [send, pictureOf] = [sender(io, smtp), openPictures(draw)]
        return {
          recipients: to,
          send: async (message, options) => {
            if (options.signal.aborted) {
              return { kind: 'retry', reason: 'timeout', note: 'no time was left to send', ambiguous: false }
            }
            const picture = pictureOf(message)
            try {
              return noted(smtpReply(await send(mailOf(message, picture, { ...options, from }))), picture)
            } catch (error) {
              return smtpFailure(error, options.signal.aborted)
            }
          },
        }
      },
    }),
  )

/** Mail with the burn-down chart of its message. */
export const email = emailWith(mailChart)

/** A picture that failed is told where the delivery is listed. */
const noted = (outcome: SendOutcome, { kind }: MailPicture): SendOutcome =>
  kind === 'failed' ? { ...outcome, note: `${outcome.note}; its picture could not be drawn` } : outcome

type OutgoingMail = ReturnType<typeof mailOf>

const sender = (io: ChannelIo, variable: string) => {
  const transport = createTransport({ ...smtpServer(io, variable), ...TIMEOUTS, logger: false, debug: false })
  return (mail: OutgoingMail) => transport.sendMail(mail)
}

/** Everything is a function of message and delivery, so that all attempts send the same bytes. */
const mailOf = (message: Message, picture: MailPicture, options: SendOptions & { readonly from: string }) => {
  const { from, recipient, signal } = options
  const domain = from.slice(from.lastIndexOf('@') + 1)
  const token = contentHash(options.idempotencyKey).slice(0, 32)
  const thread = `<${contentHash(message.alertKey).slice(0, 32)}.episode.drawdown@${domain}>`
  const carried = picture.kind === 'drawn' ? [attachmentOf(picture, domain)] : []
  const { subject, text, html } = renderMail(message, carried[0])
  return {
    envelope: { from, to: [recipient] },
    from: { name: 'Drawdown', address: from },
    to: [{ name: '', address: recipient }],
    subject,
    text,
    html,
    attachments: carried,
    date: new Date(message.at),
    messageId: `<${token}.drawdown@${domain}>`,
    inReplyTo: thread,
    references: [thread],
    baseBoundary: token,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
    signal,
  }
}

/** Inline, referred to by the HTML part alone. */
const attachmentOf = ({ name, png }: Extract<MailPicture, { kind: 'drawn' }>, domain: string) => ({
  filename: 'balance.png',
  content: Buffer.from(png),
  contentType: 'image/png',
  contentDisposition: 'inline' as const,
  cid: `${name}.chart.drawdown@${domain}`,
})
