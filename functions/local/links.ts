/** Links in messages that lead back to this very process, so that an alert can be answered from the local mailbox without any set-up. */

import { randomBytes } from 'node:crypto'
import { answerLinksIfSet } from '../answer-links.ts'
import type { Config } from '../config.ts'
import { type AnswerLinks, openAnswerLinks } from '../outbox/answer-link.ts'
import { openLocalDb } from './local-db.ts'

/** As many bytes as the hash that signs puts out. */
const SECRET_BYTES = 32
const NAME = 'links'

export type LocalLinks = {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The process's own address, without a slash at its end. */
  readonly base: string
  /** The file that keeps the secret, or `:memory:`. */
  readonly path: string
  /** Keeps a secret out of logs. */
  readonly hide: (value: string) => void
}

/** The configured links where all their secrets are set here, else links of this process, signed with a secret of its own. */
export const localLinks = (config: Config, { env, base, path, hide }: LocalLinks): AnswerLinks => {
  const configured = answerLinksIfSet(config, env, hide)
  return configured ?? openAnswerLinks(base, [ownSecret(path, hide)])
}

/** Made once for each file and kept there, so that links hold over a restart. */
const ownSecret = (path: string, hide: (value: string) => void): string => {
  const db = openLocalDb(path)
  try {
    const made = randomBytes(SECRET_BYTES).toString('base64url')
    db.prepare('INSERT INTO secret VALUES (?, ?) ON CONFLICT (name) DO NOTHING').run(NAME, made)
    const kept = String(db.prepare('SELECT value FROM secret WHERE name = ?').get(NAME)?.['value'])
    hide(kept)
    return kept
  } finally {
    db.close()
  }
}
