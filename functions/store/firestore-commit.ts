/** Committing to an account in Firestore: one call without a read before it, guarded so that it is applied once or never. */

import { encode } from '../domain/json.ts'
import type { Client } from './firestore-client.ts'
import { isUnsettled } from './firestore-errors.ts'
import { headOf } from './firestore-load.ts'
import { accountName, commitName, pageName } from './firestore-names.ts'
import { newRows } from './firestore-rows.ts'
import { type Fields, ofInteger, ofNumber, ofText, textOf, type Write, write } from './firestore-values.ts'
import type { Commit, CommitResult, NewCheckpoint } from './store.ts'

/** Commits tried because rows existed, a rival was in the way, or nobody knew what became of the last try. */
const TRIES_MAX = 8
/** Commits forgotten with one checkpoint; what is left over goes with the next. */
const FORGOTTEN_MAX = 500

/** See `Store.commit`. Two writes, one for each delivery and quarantine record; a checkpoint costs one read and its pages. */
export const apply = async (client: Client, commit: Commit): Promise<CommitResult> => {
  const deadline = client.deadline()
  let rows = newRows(client, commit)
  for (let attempt = 0; ; attempt += 1) {
    const log = await logWrites(client, commit, deadline)
    if (!log) return (await readBack(client, commit, [], deadline)).result ?? 'conflict'
    const failure = await client.commit([...log, ...rows.values()], deadline)
    if (!failure) return 'committed'
    if (!isUnsettled(failure)) throw client.explained(failure)
    const found = await readBack(client, commit, [...rows.keys()], deadline)
    if (found.result) return found.result
    const unconfirmed = () => client.explained({ ...failure, status: 'NO_REPLY' })
    if (attempt + 1 === TRIES_MAX) throw unconfirmed()
    if (found.held.size === 0) await client.pause(attempt, deadline, unconfirmed)
    rows = new Map([...rows].filter(([name]) => !found.held.has(name)))
  }
}

/**
 * What became of a commit that was not confirmed, in one read. Without its document it was not applied; then it never
 * can be where its base is gone too (forgotten, or never was), and else the rows that are in its way are named.
 */
const readBack = async (
  client: Client,
  { account, baseVersion, marker }: Commit,
  rows: readonly string[],
  deadline: AbortSignal,
): Promise<{ readonly result?: CommitResult; readonly held: ReadonlySet<string> }> => {
  const own = commitName(client, account, baseVersion + 1)
  const base = baseVersion === 0 ? accountName(client, account) : commitName(client, account, baseVersion)
  const found = await client.get([own, base, ...rows], deadline, ['marker'])
  const applied = found.get(own)
  const held = new Set(rows.filter((name) => found.has(name)))
  if (applied) return { result: textOf(applied, 'marker') === marker ? 'committed' : 'conflict', held }
  return found.has(base) === (baseVersion === 0) ? { result: 'conflict', held } : { held }
}

/**
 * The commit's own document and the guard of its base. Version 1 is guarded by the account's document, which is made
 * with it and never deleted; every other by the document of the version before: whoever builds on a version that does
 * not exist yet, or one long forgotten, finds it missing. `undefined`: the base cannot be the latest.
 */
const logWrites = async (
  client: Client,
  commit: Commit,
  deadline: AbortSignal,
): Promise<readonly Write[] | undefined> => {
  const { account, baseVersion, checkpoint } = commit
  if (checkpoint) return checkpointWrites(client, commit, checkpoint, deadline)
  const base =
    baseVersion === 0
      ? write(accountName(client, account), {}, { exists: false })
      : unchanged(commitName(client, account, baseVersion))
  return [base, commitWrite(client, commit)]
}

/** Deletes a field that never is there: the cheapest write that fails where the document is missing. */
const unchanged = (name: string): Write => write(name, {}, { exists: true }, ['guard'])

const commitWrite = (client: Client, commit: Commit, more: Fields = {}): Write => {
  const { account, baseVersion, marker, at, facts, state } = commit
  const fields = {
    marker: ofText(marker),
    at: ofNumber('at', at),
    facts: ofText(encode(facts)),
    state: ofText(encode(state)),
    ...more,
  }
  return write(commitName(client, account, baseVersion + 1), fields, { exists: false })
}

/**
 * What is let go goes in the same commit, oldest first, so that no gap is ever left within the log. The account's
 * document must be as it was read: then the latest checkpoint's commit is there, and guards a base that goes with this.
 */
const checkpointWrites = async (
  client: Client,
  commit: Commit,
  { head, pages, dropped }: NewCheckpoint,
  deadline: AbortSignal,
): Promise<readonly Write[] | undefined> => {
  const { account, baseVersion } = commit
  const before = await headOf(client, account, deadline)
  const logStart = before?.checkpoint?.version ?? 0
  if ((!before && baseVersion > 0) || baseVersion < logStart) return undefined
  const forgotten = before?.forgotten ?? 0
  const end = Math.min(logStart, forgotten + FORGOTTEN_MAX)
  const fields = {
    version: ofInteger('checkpoint.version', baseVersion + 1),
    head: ofText(head),
    logStart: ofInteger('logStart', logStart),
    forgotten: ofInteger('forgotten', end),
  }
  const guard = before ? { updateTime: before.updateTime } : { exists: false }
  return [
    write(accountName(client, account), fields, guard),
    ...(baseVersion > end ? [unchanged(commitName(client, account, baseVersion))] : []),
    commitWrite(client, commit, { logStart: fields.logStart }),
    ...Array.from({ length: Math.max(0, end - forgotten) }, (_, n) => ({
      delete: commitName(client, account, forgotten + n + 1),
    })),
    ...pages.map(({ id, text }) => write(pageName(client, account, id), { text: ofText(text) })),
    ...dropped.map((id) => ({ delete: pageName(client, account, id) })),
  ]
}
