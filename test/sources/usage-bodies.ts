/** What a changed usage fixture comes to, for tests of its parts. */

import type { Usage } from '../../functions/domain/facts.ts'
import { changed, parsed } from '../contracts/source.contract.ts'

export const bodyOf = (fields: Readonly<Record<string, unknown>>, name = 'usage-generate'): Usage => {
  const result = parsed(changed(name, fields))
  const body = result.kind === 'claims' ? result.claims[0]?.body : undefined
  if (body?.kind !== 'usage') throw new Error(JSON.stringify(result))
  return body
}

export const costOf = (model: string, usageMetadata: object, rest: object = {}): bigint | undefined =>
  bodyOf({ model, usageMetadata, ...rest }).costUsd
