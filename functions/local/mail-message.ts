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

/** Decodes MIME; malformed mail gives what could be read of it. The HTML is outside text still: sandbox it. */
export const openMail = async (raw: Uint8Array): Promise<OpenedMail> => {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: 'base64' })
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

/** A mail refers to its own pictures by `cid:`; a browser can only show them as `data:`. */
const withPictures = (html: string, attachments: Email['attachments']): string => {
  const pictures = attachments
    .filter(({ contentId, mimeType }) => contentId !== undefined && PICTURE_TYPES.has(mimeType))
    .slice(0, PICTURES_MAX)
  return pictures.reduce((text, { contentId, mimeType, content }) => {
    const cid = `cid:${(contentId ?? '').replace(/^<|>$/g, '')}`
    return typeof content === 'string' ? text.replaceAll(cid, `data:${mimeType};base64,${content}`) : text
  }, html)
}
