/** The one way to make HTML or SVG: a template whose every value is escaped unless it is such markup itself. */

/** Not exported, so nothing read from outside can pose as markup. */
const MARKUP: unique symbol = Symbol('markup')

/** Finished markup; only `html` makes it. */
export type Markup = { readonly [MARKUP]: string }

/** What may stand in a template; `undefined` and `false` are left out. */
export type Insert = string | number | undefined | false | Markup | readonly Markup[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Characters no HTML or XML text may hold, and those that turn the direction of text. */
const UNPRINTABLE = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g

/** Escapes text for an element's content or a quoted attribute, in HTML and SVG; controls become U+FFFD. */
export const escapeHtml = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNPRINTABLE, '\uFFFD')
    .replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char)

/**
 * Tags a template as markup. Values are escaped for element content and double-quoted attributes;
 * never put one into a script, a style sheet, an unquoted attribute or, unchecked, a link's address.
 */
export const html = (strings: TemplateStringsArray, ...values: readonly Insert[]): Markup => ({
  [MARKUP]: strings.reduce((text, part, index) => text + inserted(values[index - 1]) + part),
})

/** The text of finished markup, for the wire. */
export const markupText = (markup: Markup): string => markup[MARKUP]

const inserted = (value: Insert): string => {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value))
  return isList(value) ? value.map(markupText).join('') : value[MARKUP]
}

const isList = (value: Markup | readonly Markup[]): value is readonly Markup[] => Array.isArray(value)
