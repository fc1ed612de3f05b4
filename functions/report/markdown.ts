/** Text for a medium that reads Markdown and offers no escape that all of its clients agree on. */

import { withoutMarkup } from './chat-text.ts'

/**
 * Takes the meaning out of Markdown, of `${}` and `{{}}`, and of the mentions of everyone: signs become look-alikes, those
 * of lists and headings only where they would begin one, a bracket only where it would end the text of a link. Pure; the
 * length stays.
 */
export const withoutMarkdown = (text: string): string =>
  withoutMarkup(text).replace(/\](?=\s*[([:])|[{}\\]|^[#+-]|@(?=everyone|here)/gi, (sign) => LOOK_ALIKES[sign] ?? ' ')

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  ']': '］',
  '{': '｛',
  '}': '｝',
  '\\': '＼',
  '#': '＃',
  '+': '＋',
  '-': '‑',
  '@': '＠',
}
