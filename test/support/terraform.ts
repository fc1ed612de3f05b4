/** The files of `infra/`, read as text: what can be checked of them on a machine without Terraform. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const INFRA = join(import.meta.dirname, '../../infra')

/** A top-level block: `resource "google_pubsub_topic" "main" { … }` has the labels after its kind. */
export type Block = {
  readonly file: string
  readonly kind: string
  readonly labels: readonly string[]
  readonly body: string
}

/** File names ending in `ending` below `folder` of `infra/`, sorted. */
export const filesOf = (ending: string, folder = '.'): readonly string[] =>
  readdirSync(join(INFRA, folder))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name))

export const textOf = (file: string): string => readFileSync(join(INFRA, file), 'utf8')

/** Without comments; a `#` within a string stays. */
export const codeOf = (file: string): string =>
  textOf(file).replace(/"(?:[^"\\\n]|\\.)*"|#.*$/gm, (found) => (found.startsWith('#') ? '' : found))

/** Blocks as `terraform fmt` leaves them: opened at the start of a line, closed by a brace alone at the start of one. */
export const blocksOf = (file: string): readonly Block[] =>
  [...codeOf(file).matchAll(/^(\w+)((?: "[^"]+")*) \{\n([\s\S]*?)^\}$/gm)].map(
    ([, kind = '', labels = '', body = '']) => ({
      file,
      kind,
      labels: [...labels.matchAll(/"([^"]+)"/g)].map(([, label = '']) => label),
      body,
    }),
  )

export const allBlocks = (): readonly Block[] => filesOf('.tf').flatMap(blocksOf)
