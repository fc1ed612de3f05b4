/** What a forked store and its children say to each other: one line of text each way, amounts exact. */

import { decode, encode } from '../../functions/domain/json.ts'
import type { Store } from '../../functions/store/store.ts'

/** The methods of a store that a child answers as they are. */
type Method = Exclude<keyof Store, 'close'>

/** `open` takes the place of whatever was open before. */
export type StoreCall =
  | { readonly op: 'open'; readonly file: string }
  | { readonly op: 'close' }
  | { [Name in Method]: { readonly op: Name; readonly args: Parameters<Store[Name]> } }[Method]

export type Asked = { readonly id: number; readonly call: StoreCall }

/** What a child says to the call of this id; `undefined` is left out. */
export type Answer = { readonly id: number } & ({ readonly value?: unknown } | { readonly error: string })

/** As text, since the channel's own JSON would lose a bigint. */
export const asked = (word: Asked): string => encode(word)
export const answered = (word: Answer): string => encode(word)

/** Reads either; both ends are this project's. */
export const read = <Word extends Asked | Answer>(text: unknown): Word => decode<Word>(String(text))
