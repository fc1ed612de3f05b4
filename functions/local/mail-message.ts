/** One raw mail opened for reading: its headers, its text, and its HTML with the pictures it carries put inline. */

import PostalMime, { type Address, type Email } from 'postal-mime'

export type OpenedMail = {
  readonly from: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  /** Absent for a mail that is plain text alone. */
  readonly html?: string
}

const HEADERS_MAX = 60
const HEADER_VALUE_MAX = 1_000
const PICTURES_MAX = 20
const PICTURE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** Decodes MIME with its parts as base64; `undefined` for bytes that no mail is made of, such as parts nested past all reason. */
export const parseMail = (raw: Uint8Array): Promise<Email | undefined> =>
  PostalMime.parse(raw, { attachmentEncoding: 'base64' }).catch(() => undefined)

/** What a reader is shown of a mail; the HTML is outside text still: sandbox it. */
export const openMail = async (raw: Uint8Array): Promise<OpenedMail> => {
  const mail = await parseMail(raw)
  if (!mail) return { from: '', headers: [] }
  const headers = mail.headers.slice(0, HEADERS_MAX).map(({ originalKey, value }) => ({
    name: originalKey,
    value: value.slice(0, HEADER_VALUE_MAX),
  }))
  const html = mail.html === undefined ? {} : { html: withPictures(mail.html, mail.attachments) }
  return { from: addressText(mail.from), headers, ...html }
}

const addressText = (from: Address | undefined): string => {
  if (!from) return ''
  return from.name ? `${from.name} <${from.address ?? ''}>` : (from.address ?? '')
}

/** A mail refers to its own pictures by `cid:`; a browser can only show them as `data:`. Each is shown once. */
const withPictures = (html: string, attachments: Email['attachments']): string =>
  attachments
    .filter(({ mimeType }) => PICTURE_TYPES.has(mimeType))
    .slice(0, PICTURES_MAX)
    .reduce((text, { contentId, mimeType, content }) => {
      const id = (contentId ?? '').replace(/^<|>$/g, '')
      if (id === '' || typeof content !== 'string') return text
      return text.replace(`cid:${id}`, () => `data:${mimeType};base64,${content}`)
    }, html)
