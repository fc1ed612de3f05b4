/** Outside text made fit to be shown: one line, no tricks of direction or invisibility, of bounded length. */

/** Cutting first keeps a megabyte of hostile text from being searched; the factor leaves room for what is removed. */
const CUT_FACTOR = 8
/** Languages stack two or three marks on a letter; a thousand is an attack on the reader. */
const MARKS_MAX = 4

/** Invisible characters: format controls (bidi, zero-width, soft hyphen, tags) and fillers that show as nothing. */
const INVISIBLE = /\p{Cf}|\u034F|\u115F|\u1160|\u17B4|\u17B5|\u2800|\u3164|\uFFA0/gu
/** The spaces that some locales put between the digits of a number stay: a line must not break there. */
const BREAKS = /(?:(?![\u00A0\u202F])[\p{Cc}\p{Zl}\p{Zp}\s])+/gu
const STACKED_MARKS = new RegExp(`(\\p{M}{${MARKS_MAX}})\\p{M}+`, 'gu')
/** Mail and chat clients turn a bare address into a link; only our own next steps may be links. */
const SCHEME = /:\/\//g

/** Cuts to `max` UTF-16 units, the last of them an ellipsis; never splits a surrogate pair. */
export const cut = (text: string, max: number): string =>
  text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/, '')}…`

/**
 * One printable line of at most `max` UTF-16 units: breaks and controls become a space, invisible characters go,
 * lone surrogates become U+FFFD, and `://` is parted so that no client makes a link of it. Markup is left to the medium.
 */
export const plain = (text: string, max: number): string => {
  const line = text
    .slice(0, max * CUT_FACTOR)
    .toWellFormed()
    .replace(BREAKS, ' ')
    .replace(INVISIBLE, '')
    .replace(STACKED_MARKS, '$1')
    .replace(SCHEME, ': //')
  return cut(line.trim(), max)
}

/** No page of ours or of a vendor needs more; six of them fit every channel's limit. */
const LINK_MAX = 1_000

const LOOPBACK: readonly string[] = ['localhost', '127.0.0.1', '[::1]']

/** As `safeLink`; plain HTTP passes too where it leads to this very machine, as links of `npm start` do. */
export const ownLink = (url: string | undefined): string | undefined => {
  const { protocol, hostname, username, password, href } = URL.parse(url?.slice(0, LINK_MAX + 1) ?? '') ?? {}
  const isLocal = protocol === 'http:' && LOOPBACK.includes(hostname ?? '') && !username && !password
  return isLocal && href !== undefined && href.length <= LINK_MAX ? href : safeLink(url)
}

/** The parsed address if it is a plain `https:` link without credentials, of bounded length; else `undefined`. */
export const safeLink = (url: string | undefined): string | undefined => {
  if (url === undefined || url.length > LINK_MAX || !URL.canParse(url)) return undefined
  const { href, protocol, username, password } = new URL(url)
  return protocol === 'https:' && !username && !password && href.length <= LINK_MAX ? href : undefined
}
