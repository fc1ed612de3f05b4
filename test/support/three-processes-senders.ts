/** Two processes that send what is due, one of which dies over it; and a third sender that lives at another time. */

import { setTimeout as sleep } from 'node:timers/promises'
import { drain } from '../../functions/app/deliver.ts'
import type { Drained } from '../../functions/app/lane.ts'
import { parseConfig } from '../../functions/config.ts'
import type { Instant } from '../../functions/domain/time.ts'
import type { Store } from '../../functions/store/store.ts'
import { openApp } from '../../functions/wire.ts'
import { type Started, startFramework } from './framework.ts'
import { type SmtpPeer, startSmtp } from './smtp-server.ts'

/** A sender with a mail server of its own, so that each server's mails tell who sent them. */
export type Sender = { readonly process: Started; readonly smtp: SmtpPeer }

/** From the first nudge to the kill: an attempt would be given up after as long. */
export const HELD_MAX_MS = 20_000
const DRAINS_MAX = 10

export const startSender = async (env: Readonly<Record<string, string>>): Promise<Sender> => {
  const smtp = await startSmtp()
  return { smtp, process: await startFramework('alertDelivery', { ...env, SMTP_URL: smtp.url }) }
}

/** Sends what is due now, by the process. */
export const nudge = async ({ process: { url } }: Sender): Promise<Drained> =>
  (await (await fetch(url, { method: 'POST', body: '{}' })).json()) as Drained

/**
 * From now on its server takes mails and never says so. Nudges it until it has something to send, and kills it over that;
 * resolves with the moment of its death.
 */
export const killWhileSending = async (sender: Sender): Promise<Instant> => {
  const { smtp, process: killed } = sender
  const before = smtp.mails().length
  smtp.behave({ at: 'after-data', act: 'hang' })
  const end = Date.now() + HELD_MAX_MS
  while (smtp.mails().length === before) {
    if (Date.now() > end) throw new Error('nothing came to be sent')
    nudge(sender).catch(() => undefined)
    await sleep(50)
  }
  killed.child.kill('SIGKILL')
  await killed.ended
  return Date.now()
}

/** Nudges it until nothing is due; the sum of what it sent. */
export const drainBy = async (sender: Sender): Promise<number> => {
  let sum = 0
  for (let round = 0; round < DRAINS_MAX; round += 1) {
    const { sent } = await nudge(sender)
    if (sent === 0) return sum
    sum += sent
  }
  throw new Error('there is always more to send')
}

/** The same use case in this process, as of another moment. */
export const drainAt = async (store: Store, config: string, smtpUrl: string, now: Instant): Promise<Drained> => {
  const silent = { info: () => undefined, warning: () => undefined, error: () => undefined }
  const io = { secret: () => smtpUrl, fetch, clock: () => 0, allowLoopback: true }
  const settings = parseConfig(config, 'the test')
  return drain(openApp({ config: settings, store, log: silent, ioFor: () => io, clock: () => now }).deps)
}
