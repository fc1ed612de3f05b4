/** Facts other than usage in the order they were known, one line each, in pages that are only ever added to. */

import type { Fact } from '../domain/facts.ts'
import { decode, encode } from '../domain/json.ts'

export type FactPages = {
  /** Page ids, oldest first. */
  ids: readonly string[]
  /** The text of the last page, while it has room; it will be written again with what follows. */
  open: string
  /** Facts that no page holds yet. */
  readonly pending: Fact[]
}

export const openFactPages = (): FactPages => ({ ids: [], open: '', pending: [] })

/** Pages to write, the id that the first of them replaces, and how the pages stand once they are written. */
export type FactPlan = {
  readonly pages: readonly { readonly id: string; readonly text: string }[]
  readonly dropped: readonly string[]
  readonly next: Pick<FactPages, 'ids' | 'open'>
}

/** Plans to write what is pending in pages of up to `charsMax` characters; changes nothing yet. */
export const planFactPages = (facts: FactPages, charsMax: number, newId: () => string): FactPlan => {
  if (facts.pending.length === 0) return { pages: [], dropped: [], next: facts }
  const texts: string[] = []
  let text = facts.open
  for (const line of facts.pending.map(encode)) {
    if (text !== '' && text.length + line.length >= charsMax) {
      texts.push(text)
      text = ''
    }
    text = text === '' ? line : `${text}\n${line}`
  }
  const pages = [...texts, text].map((each) => ({ id: newId(), text: each }))
  const isRewritten = facts.open !== ''
  const kept = isRewritten ? facts.ids.slice(0, -1) : facts.ids
  const open = text.length < charsMax / 2 ? text : ''
  return {
    pages,
    dropped: isRewritten ? facts.ids.slice(-1) : [],
    next: { ids: [...kept, ...pages.map(({ id }) => id)], open },
  }
}

/** The facts of a page. */
export const factsOfPage = (text: string): readonly Fact[] => text.split('\n').map((line) => decode<Fact>(line))
