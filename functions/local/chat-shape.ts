/** Chat messages of any vendor read into a few plain parts, so that one page can show them all. */

import { isObject, type Json, type JsonObject } from '../domain/json.ts'
import { safeLink } from '../report/plain.ts'
import { ownPath } from './own-path.ts'

export type ChatVendor = 'slack' | 'google-chat' | 'teams' | 'discord' | 'pagerduty' | 'webhook'

/** Plain text, not yet escaped; `strong` is a heading or a line set in bold. */
export type ChatPart =
  | { readonly kind: 'strong' | 'text' | 'quiet'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly href: string }
  | { readonly kind: 'rule' }

/** Vendors refuse longer messages; a page need not show them. */
const PARTS_MAX = 200
const TEXT_MAX = 4_000
/** Cards hold sections, widgets, columns and buttons, each in a list: a dozen steps. */
const DEPTH_MAX = 16

/** Decides by the body's shape alone, as a webhook address would not tell on one machine. */
export const vendorOf = (body: JsonObject): ChatVendor => {
  if (Array.isArray(body['cardsV2'])) return 'google-chat'
  if (Array.isArray(body['blocks'])) return 'slack'
  if (body['type'] === 'message' && Array.isArray(body['attachments'])) return 'teams'
  if (typeof body['event_action'] === 'string') return 'pagerduty'
  if (Array.isArray(body['embeds']) || typeof body['content'] === 'string') return 'discord'
  return typeof body['text'] === 'string' ? 'slack' : 'webhook'
}

/** The one line a notification would show; empty where there is none. */
export const headlineOf = (body: JsonObject): string => {
  const places = [body['text'], body['content'], ...HEADLINES.map((path) => inside(body, path))]
  const text = places.find((place) => typeof place === 'string')
  return typeof text === 'string' ? readable(text) : ''
}

/** Where PagerDuty, our own webhook and Adaptive Cards keep that line. */
const HEADLINES: readonly (readonly string[])[] = [
  ['payload', 'summary'],
  ['data', 'headline'],
  ['attachments', '0', 'content', 'fallbackText'],
]

const inside = (value: Json, [key, ...rest]: readonly string[]): Json | undefined => {
  if (key === undefined) return value
  const next = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined
  return next === undefined ? undefined : inside(next, rest)
}

/** The message in reading order; unknown pieces are searched for text rather than dropped. Empty where programs read it. */
export const partsOf = (body: JsonObject): readonly ChatPart[] => {
  if (FOR_PROGRAMS.includes(vendorOf(body))) return []
  const roots = [body['blocks'], body['cardsV2'], body['attachments'], body['embeds']].filter(
    (root) => root !== undefined,
  )
  const parts = roots.flatMap((root) => walk(root ?? null, 0))
  const shown = parts.length > 0 ? parts : textParts('text', headlineOf(body))
  return shown.slice(0, PARTS_MAX)
}

const FOR_PROGRAMS: readonly ChatVendor[] = ['pagerduty', 'webhook']

const walk = (value: Json, depth: number): readonly ChatPart[] => {
  if (depth > DEPTH_MAX) return []
  if (Array.isArray(value)) return value.slice(0, PARTS_MAX).flatMap((item: Json) => walk(item, depth + 1))
  return isObject(value) ? pieceOf(value, depth) : []
}

/** One block, widget, card, element or embed: what it says itself, then what it holds. */
const pieceOf = (piece: JsonObject, depth: number): readonly ChatPart[] => {
  if (piece['type'] === 'divider' || piece['divider'] !== undefined) return [{ kind: 'rule' }]
  const link = linkOf(piece)
  if (link && piece['description'] === undefined && piece['fields'] === undefined) return [link]
  const strong = strongKeys(piece).flatMap((key) => wordsIn('strong', piece[key] ?? null))
  const quiet = QUIET_KEYS.flatMap((key) => wordsIn('quiet', piece[key] ?? null))
  const plain = TEXT_KEYS.flatMap((key) => wordsIn(kindOf(piece), piece[key] ?? null))
  const inner = INNER_KEYS.flatMap((key) => walk(piece[key] ?? null, depth + 1))
  return [...strong, ...quiet, ...plain, ...inner, ...wordsIn('quiet', piece['footer'] ?? null)]
}

const QUIET_KEYS: readonly string[] = ['subtitle', 'topLabel', 'bottomLabel']
const TEXT_KEYS: readonly string[] = ['text', 'description', 'content', 'value']
const INNER_KEYS: readonly string[] = [
  'card',
  'header',
  'sections',
  'widgets',
  'textParagraph',
  'decoratedText',
  'buttonList',
  'buttons',
  'button',
  'columns',
  'columnItems',
  'fields',
  'elements',
  'content',
  'body',
  'items',
  'facts',
  'actions',
]

/** `title` and `name` head a card or a fact; Google's sections put theirs into `header`. */
const strongKeys = (piece: JsonObject): readonly string[] => [
  'title',
  'name',
  ...(typeof piece['header'] === 'string' ? ['header'] : []),
]

const kindOf = (piece: JsonObject): 'strong' | 'text' | 'quiet' => {
  if (piece['type'] === 'header' || piece['weight'] === 'Bolder') return 'strong'
  return piece['type'] === 'context' || piece['isSubtle'] === true ? 'quiet' : 'text'
}

const linkOf = (piece: JsonObject): ChatPart | undefined => {
  const click = piece['onClick']
  const opened = isObject(click) && isObject(click['openLink']) ? click['openLink']['url'] : piece['url']
  const href = typeof opened === 'string' ? (ownPath(opened) ?? safeLink(opened)) : undefined
  const [label] = wordsIn('text', piece['text'] ?? piece['title'] ?? null)
  return href !== undefined && label && 'text' in label ? { kind: 'link', text: label.text, href } : undefined
}

/** A string, or a vendor's text object around one; lines set wholly in bold are headings. */
const wordsIn = (kind: 'strong' | 'text' | 'quiet', value: Json): readonly ChatPart[] => {
  const text = isObject(value) ? value['text'] : value
  if (typeof text !== 'string') return []
  const said = text
    .slice(0, TEXT_MAX)
    .replace(SLACK_LINK, (link, url: string) => (ownPath(url) === undefined ? link : ''))
    .split(BOLD_LINE)
    .flatMap((piece, index) => textParts(index % 2 === 1 ? 'strong' : kind, readable(piece)))
  return [...said, ...ownLinks(text)]
}

const SLACK_LINK = /(?: · )?<(http:[^|<>]{1,400})\|([^<>]{1,80})>/g

/** Slack's links to this very server, which a person may follow. */
const ownLinks = (text: string): readonly ChatPart[] =>
  [...text.slice(0, TEXT_MAX).matchAll(SLACK_LINK)].flatMap(([, url = '', label = '']) => {
    const href = ownPath(url)
    return href === undefined ? [] : [{ kind: 'link', text: readable(label), href }]
  })

/** Slack marks bold with one star, Discord with two. */
const BOLD_LINE = /^\*{1,2}([^*\n]{1,500})\*{1,2}$\n?/m

const textParts = (kind: 'strong' | 'text' | 'quiet', text: string): readonly ChatPart[] =>
  text.trim() === '' ? [] : [{ kind, text: text.trim() }]

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
}

/** Takes the vendors' light markup off: links of Slack and of Discord, the tags Google Chat allows; entities come last. */
const readable = (text: string): string =>
  text
    .slice(0, TEXT_MAX)
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<(https:[^|<>]{1,2000})\|([^<>]{1,500})>/g, '$2 ($1)')
    .replace(/\[([^\][]{1,500})\]\((https:[^()\s]{1,2000})\)/g, '$1 ($2)')
    .replace(/<\/?(?:b|i|u|s|font|a|strong|em)(?:\s[^<>]{0,500})?>/gi, '')
    .replace(/&(?:lt|gt|quot|#39|amp);/g, (entity) => ENTITIES[entity] ?? entity)
