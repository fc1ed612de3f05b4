/** Reading accounts from Firestore: one document per commit, written once, in versions without a gap. */

import type { Fact } from '../domain/facts.ts'
import { decode } from '../domain/json.ts'
import type { AccountId } from '../domain/keys.ts'
import { ascending, type Client, where } from './firestore-client.ts'
import { accountName, commitName, idOf, pageName, versionOf } from './firestore-names.ts'
import { type Document, has, numberOf, textOf } from './firestore-values.ts'
import type { AccountDelta, AccountState, Checkpoint } from './store.ts'

/** Commits, or accounts, read at once. */
const PAGE = 50
/** Far more commits than lie between two checkpoints. */
const PAGES_MAX = 2_000
/** Far more accounts than a process can watch. */
const ACCOUNTS_MAX = 100_000
/** Rounds of reading again because somebody made a checkpoint meanwhile. */
const TRIES_MAX = 8

/** What the account's own document says. */
export type Head = {
  readonly checkpoint?: Checkpoint
  /** Commits up to here are never read again. */
  readonly logStart: number
  /** Commits up to here are deleted. */
  readonly forgotten: number
  readonly updateTime: string
}

/** See `Store.load`: one query where the log reaches back, and the account's document before it where it may not. */
export const load = async (client: Client, account: AccountId, afterVersion: number): Promise<AccountDelta> => {
  const deadline = client.deadline()
  if (afterVersion > 0) {
    const commits = await commitsFrom(client, account, afterVersion, deadline)
    const isWhole = reaches(commits, afterVersion) && !commits.some((each) => forgets(each, afterVersion))
    if (isWhole) return deltaOf(commits, afterVersion)
  }
  for (let attempt = 0; attempt < TRIES_MAX; attempt += 1) {
    const delta = await loadFromHead(client, account, afterVersion, deadline)
    if (delta) return delta
    await client.pause(attempt, deadline, () => unread(account))
  }
  throw unread(account)
}

const unread = (account: AccountId): Error =>
  new Error(`${account}: its commits changed faster than they could be read, or some are missing. Try again.`)

/** `undefined` where somebody made a checkpoint meanwhile. */
const loadFromHead = async (
  client: Client,
  account: AccountId,
  afterVersion: number,
  deadline: AbortSignal,
): Promise<AccountDelta | undefined> => {
  const head = await headOf(client, account, deadline)
  if (!head) return { version: 0, facts: [], state: undefined }
  const { checkpoint, logStart } = head
  const known = checkpoint?.version ?? 0
  const given = checkpoint && (afterVersion === 0 || afterVersion < logStart) ? checkpoint : undefined
  // The version asked for may lie ahead of all there are; the latest of these is read in any case.
  const from = given ? known : Math.min(afterVersion, known)
  const commits = await commitsFrom(client, account, from, deadline)
  const isOvertaken = commits.some((each) => has(each, 'logStart') && versionOf(each) > known)
  if (isOvertaken || !reaches(commits, from)) return undefined
  return given ? { ...deltaOf(commits, known), checkpoint: given } : deltaOf(commits, afterVersion)
}

/** `undefined` for an account nobody committed to. */
export const headOf = async (client: Client, account: AccountId, deadline: AbortSignal): Promise<Head | undefined> => {
  const name = accountName(client, account)
  const document = (await client.get([name], deadline)).get(name)
  if (!document) return undefined
  const { updateTime } = document
  if (!has(document, 'head')) return { logStart: 0, forgotten: 0, updateTime }
  return {
    checkpoint: { version: numberOf(document, 'version'), head: textOf(document, 'head') },
    logStart: numberOf(document, 'logStart'),
    forgotten: numberOf(document, 'forgotten'),
    updateTime,
  }
}

/** The commit at `version` itself is read as well: it holds the state where nothing came after it. */
const commitsFrom = async (
  client: Client,
  account: AccountId,
  version: number,
  deadline: AbortSignal,
): Promise<readonly Document[]> => {
  const commits: Document[] = []
  let from = version
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const bound = where('__name__', 'GREATER_THAN_OR_EQUAL', { referenceValue: commitName(client, account, from) })
    const query = { from: [{ collectionId: 'commits' }], where: bound, orderBy: ascending('__name__'), limit: PAGE }
    const found = await client.find(query, deadline, accountName(client, account))
    commits.push(...found)
    const last = found.at(-1)
    if (!last || found.length < PAGE) return commits
    from = versionOf(last) + 1
  }
  throw new Error(`${account}: more than ${PAGES_MAX * PAGE} commits since its last checkpoint.`)
}

/** Whether no version is missing between the one asked for and the latest. */
const reaches = (commits: readonly Document[], version: number): boolean => {
  const first = commits.map(versionOf)[0] ?? Number.POSITIVE_INFINITY
  return first <= version + 1 && commits.every((each, n) => versionOf(each) === first + n)
}

/** Whether a checkpoint made after `version` lets it be forgotten. */
const forgets = (commit: Document, version: number): boolean =>
  versionOf(commit) > version && has(commit, 'logStart') && numberOf(commit, 'logStart') > version

const deltaOf = (commits: readonly Document[], afterVersion: number): AccountDelta => {
  const last = commits.at(-1)
  if (!last) return { version: 0, facts: [], state: undefined }
  return {
    version: versionOf(last),
    facts: commits
      .filter((each) => versionOf(each) > afterVersion)
      .flatMap((each) => decode<readonly Fact[]>(textOf(each, 'facts'))),
    state: decode<AccountState>(textOf(last, 'state')),
  }
}

/** See `Store.pages`. */
export const pages = async (
  client: Client,
  account: AccountId,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const names = new Map(ids.map((id) => [id, pageName(client, account, id)]))
  const found = await client.get([...new Set(names.values())], client.deadline())
  const texts = [...names].flatMap(([id, name]) => {
    const document = found.get(name)
    return document ? [[id, textOf(document, 'text')] as const] : []
  })
  return new Map(texts)
}

/** See `Store.accounts`; reads names alone. */
export const accounts = async (client: Client): Promise<readonly AccountId[]> => {
  const deadline = client.deadline()
  const query = { from: [{ collectionId: 'accounts' }], select: { fields: [{ fieldPath: '__name__' }] } }
  const found = await client.findAll({ ...query, orderBy: ascending('__name__') }, ACCOUNTS_MAX, deadline)
  return found.map((document) => idOf(document) as AccountId)
}
