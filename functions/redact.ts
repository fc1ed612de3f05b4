/** Takes out of a text what must never be read in a log: secrets, credentials in addresses, people. */

/** Cloud Logging cuts an entry at 256 kB; a field needs far less. */
const TEXT_MAX = 8_192
/** Shorter text would blot out words that mean nothing. */
const SECRET_MIN = 4

/** `user:password@` of a URL, its query, and mail addresses; each repetition is bounded so that no text is slow. */
const USERINFO = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#]{1,1024}@/gi
const QUERY = /\b([a-z][a-z0-9+.-]{0,20}:\/\/[^\s?#"'<>]{1,2048})\?[^\s"'<>]*/gi
const MAIL = /[^\s@<>"'(),:;[\]/]{1,64}@[a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z]{2,24}/gi

/** The text without the given secrets, without credentials or query in URLs, without mail addresses, at most 8 kB long. */
export const redact = (text: string, secrets: Iterable<string>): string => {
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
  const hidden = longestFirst.reduce((left, secret) => left.replaceAll(secret, '[secret]'), text)
  const short = hidden.length > TEXT_MAX ? `${hidden.slice(0, TEXT_MAX)}…` : hidden
  return short.replace(USERINFO, '$1[redacted]@').replace(QUERY, '$1?[redacted]').replace(MAIL, '[mail]')
}

/** The spellings a secret may turn up in: itself, percent-encoded, and where it is a URL its password and path. Never throws. */
export const spellingsOf = (secret: string): readonly string[] => {
  const { password = '', pathname = '', search = '' } = URL.parse(secret) ?? {}
  return [secret, password, decoded(password), `${pathname}${search}`]
    .flatMap((text) => [text, encodeURIComponent(text.toWellFormed())])
    .filter((text) => text.length >= SECRET_MIN)
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
