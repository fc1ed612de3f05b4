/** The picture a mail carries: drawn once for a message, however many recipients and attempts it has. */

import type { Message } from '../domain/alerts.ts'
import { contentHash } from '../domain/keys.ts'

/** `undefined` where there is nothing to draw; throws only for a bug. */
export type DrawPicture = (message: Message) => Uint8Array | undefined

/** `failed`: a picture was meant to be there; the mail goes out without it and says so. */
export type MailPicture =
  | { readonly kind: 'drawn'; readonly name: string; readonly png: Uint8Array }
  | { readonly kind: 'none' | 'failed' }

/** A drain sends ten deliveries at once; an older picture is drawn again, to the same bytes. */
const KEPT_MAX = 16

/**
 * Pictures of messages by what they show; the oldest is forgotten first. `name` is a hash of that, the same at every
 * attempt. Never throws: an alert without a picture is better than none.
 */
export const openPictures = (draw: DrawPicture) => {
  const kept = new Map<string, MailPicture>()
  return (message: Message): MailPicture => {
    const { chart, currencyCode, timeZone, locale = '' } = message
    const name = contentHash({ chart, currencyCode, timeZone, locale }).slice(0, 32)
    const known = kept.get(name)
    if (known) return known
    const picture = drawn(draw, message, name)
    const [oldest] = kept.keys()
    if (kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest)
    kept.set(name, picture)
    return picture
  }
}

const drawn = (draw: DrawPicture, message: Message, name: string): MailPicture => {
  try {
    const png = draw(message)
    return png ? { kind: 'drawn', name, png } : { kind: 'none' }
  } catch {
    return { kind: 'failed' }
  }
}
