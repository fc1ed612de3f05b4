/** The configuration file of the servers under load, and where their ledgers lie. */

import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BUDGET } from '../support/facts.ts'
import { ACCOUNT_TEXT } from './messages.ts'
import type { Environment } from './processes.ts'

/** No channels: what is told is another bench's affair. */
const CONFIG = `accounts:
  - id: ${ACCOUNT_TEXT}
    name: Production
    projects: [my-app]
    budgets: { ${BUDGET}: drawdown }
`

/** Environment of a server; `config` is the text of its configuration file, written beside its ledger. */
export const environmentFor = (folder: string, store: string, config = CONFIG): Environment => {
  const path = join(folder, 'config.yaml')
  writeFileSync(path, config)
  return { STORE: store, DRAWDOWN_CONFIG: path }
}

export const ownFolder = (parent: string): string => mkdtempSync(join(parent, 'run-'))
export const sqliteIn = (folder: string): string => `sqlite:${join(folder, 'ledger.db')}`
