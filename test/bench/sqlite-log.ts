/** How many commits and rows lie in a SQLite file, asked of the file itself. */

import { DatabaseSync } from 'node:sqlite'

/** `address` as in STORE. Rows are those that lie there now, of all tables: what was overwritten or forgotten is not among them. */
export const logOf = (address: string): { readonly commits: number; readonly rows: number } => {
  const db = new DatabaseSync(address.replace(/^sqlite:/, ''), { readOnly: true })
  try {
    const count = (sql: string): number => Number(db.prepare(sql).get()?.['n'])
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all()
    const rows = tables.map(({ name }) => count(`SELECT count(*) AS n FROM "${String(name)}"`))
    // Versions are counted from 1, one a commit: also where a checkpoint took old ones away.
    return { commits: count('SELECT sum(version) AS n FROM accounts'), rows: rows.reduce((sum, n) => sum + n, 0) }
  } finally {
    db.close()
  }
}
