/** Reading and writing documents of one Firestore database; reads are tried again, writes report what is known of them. */

import type { firestore_v1 } from '@googleapis/firestore'
import { explained, type Failure, isPassing, type Place } from './firestore-errors.ts'
import type { Answer, Transport } from './firestore-transport.ts'
import type { Document, Write } from './firestore-values.ts'

export type Query = firestore_v1.Schema$StructuredQuery

/** How one write of several ended; `undefined` where it was applied. */
export type Written = Failure | undefined

export type Client = {
  /** `projects/P/databases/D/documents`; names of documents start with it. */
  readonly root: string
  /** Fires when the operation that asked for it has had its time. */
  readonly deadline: () => AbortSignal
  /** Waits before try `attempt + 1`, longer each time; throws `because` once the deadline has passed. */
  readonly pause: (attempt: number, deadline: AbortSignal, because: () => Error) => Promise<void>
  /** Those of the documents that exist, by name; with `mask`, these fields of them alone. */
  readonly get: (
    names: readonly string[],
    deadline: AbortSignal,
    mask?: readonly string[],
  ) => Promise<ReadonlyMap<string, Document>>
  /** The documents a query finds in a collection below `parent`: the root or a document. */
  readonly find: (query: Query, deadline: AbortSignal, parent?: string) => Promise<readonly Document[]>
  /** As `find` in the root, page by page up to `limit`; the query is ordered by its fields and then by name. */
  readonly findAll: (query: Query, limit: number, deadline: AbortSignal) => Promise<readonly Document[]>
  /** All of the writes or none; tried once. */
  readonly commit: (writes: readonly Write[], deadline: AbortSignal) => Promise<Written>
  /** Each write for itself, in the order given; tried once. */
  readonly each: (writes: readonly Write[], deadline: AbortSignal) => Promise<readonly Written[]>
  /** The error to throw for a failure that is final. */
  readonly explained: (failure: Failure) => Error
  readonly close: () => void
}

export type ClientOptions = {
  readonly transport: Transport
  /** How long one operation of the store may take, with all its calls and tries. */
  readonly budgetMs: number
  /** Evenly from 0 to 1: spreads those that try again. */
  readonly chance: () => number
}

/** Tries of one read. */
const TRIES_MAX = 5
const PAUSE_MIN_MS = 20
const PAUSE_MAX_MS = 2_000
/** Documents of one batchGet, and of one page of a query: a reply of the largest documents must fit into memory. */
const GET_MAX = 50
const PAGE = 100

/** Sends nothing yet. Rejections are `ConfigError` where a person must act. */
export const openClient = (place: Place, { transport, budgetMs, chance }: ClientOptions): Client => {
  const database = `projects/${place.project}/databases/${place.database}`
  const root = `${database}/documents`
  const toError = (failure: Failure): Error => explained(place, failure)
  const call = (method: string, body: object, deadline: AbortSignal, parent = root): Promise<Answer> =>
    transport.post(`${parent.split('/').map(encodeURIComponent).join('/')}:${method}`, body, deadline)

  const pause: Client['pause'] = async (attempt, deadline, because) => {
    const ms = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 3 ** attempt) * (0.5 + chance())
    await new Promise((resolve) => setTimeout(resolve, ms))
    if (deadline.aborted) throw because()
  }
  const read = async (method: string, body: object, deadline: AbortSignal, parent?: string): Promise<unknown> => {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await call(method, body, deadline, parent)
      if ('body' in answer) return answer.body
      const error = toError(answer.failure)
      if (!isPassing(answer.failure) || attempt + 1 === TRIES_MAX) throw error
      await pause(attempt, deadline, () => error)
    }
  }
  const getSome = async (names: readonly string[], deadline: AbortSignal, mask?: readonly string[]) => {
    const body = { documents: names, ...(mask && { mask: { fieldPaths: mask } }) }
    const found = (await read('batchGet', body, deadline)) as readonly firestore_v1.Schema$BatchGetDocumentsResponse[]
    return found.flatMap((each) => (each.found ? [documentOf(each.found)] : []))
  }
  const find: Client['find'] = async (structuredQuery, deadline, parent) => {
    const found = await read('runQuery', { structuredQuery }, deadline, parent)
    return (found as readonly firestore_v1.Schema$RunQueryResponse[]).flatMap(({ document }) =>
      document ? [documentOf(document)] : [],
    )
  }
  return {
    root,
    deadline: () => AbortSignal.timeout(budgetMs),
    pause,
    get: async (names, deadline, mask) => {
      const parts = Array.from({ length: Math.ceil(names.length / GET_MAX) }, (_, n) =>
        getSome(names.slice(n * GET_MAX, (n + 1) * GET_MAX), deadline, mask),
      )
      return new Map((await Promise.all(parts)).flat().map((document) => [document.name, document]))
    },
    find,
    findAll: async (query, limit, deadline) => {
      const documents: Document[] = []
      while (documents.length < limit) {
        const size = Math.min(PAGE, limit - documents.length)
        const last = documents.at(-1)
        const found = await find({ ...query, limit: size, ...(last && after(query, last)) }, deadline)
        documents.push(...found)
        if (found.length < size) break
      }
      return documents
    },
    commit: async (writes, deadline) => {
      const answer = await call('commit', { writes }, deadline)
      return 'failure' in answer ? answer.failure : undefined
    },
    each: async (writes, deadline) => {
      const answer = await call('batchWrite', { writes }, deadline)
      if ('failure' in answer) return writes.map(() => answer.failure)
      const { status = [] } = answer.body as firestore_v1.Schema$BatchWriteResponse
      return writes.map((_, n) => writtenOf(status[n]))
    },
    explained: toError,
    close: () => transport.close(),
  }
}

const documentOf = ({ name, fields, updateTime }: firestore_v1.Schema$Document): Document => ({
  name: name ?? '',
  fields: fields ?? {},
  updateTime: updateTime ?? '',
})

/** The rest of a query, from behind the last document of a page. */
const after = ({ orderBy = [] }: Query, last: Document): Pick<Query, 'startAt'> => ({
  startAt: {
    before: false,
    values: orderBy.map(({ field }) => last.fields[field?.fieldPath ?? ''] ?? { referenceValue: last.name }),
  },
})

/** Single writes are told by number: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const STATUS: Readonly<Record<number, string>> = {
  3: 'INVALID_ARGUMENT',
  5: 'NOT_FOUND',
  6: 'ALREADY_EXISTS',
  7: 'PERMISSION_DENIED',
  9: 'FAILED_PRECONDITION',
  16: 'UNAUTHENTICATED',
}

/** After any other refusal of a single write it is worth reading back. */
const writtenOf = (status: firestore_v1.Schema$Status | undefined): Written => {
  if (status === undefined) return { status: 'UNKNOWN', detail: 'a write without a status' }
  const code = status.code ?? 0
  return code === 0 ? undefined : { status: STATUS[code] ?? 'UNKNOWN', detail: status.message ?? '' }
}

export const ascending = (...fields: readonly string[]): firestore_v1.Schema$Order[] => ordered('ASCENDING', fields)
export const descending = (...fields: readonly string[]): firestore_v1.Schema$Order[] => ordered('DESCENDING', fields)

const ordered = (direction: string, fields: readonly string[]): firestore_v1.Schema$Order[] =>
  fields.map((fieldPath) => ({ field: { fieldPath }, direction }))

/** A comparison of a field with a value. */
export const where = (fieldPath: string, op: string, value: firestore_v1.Schema$Value): firestore_v1.Schema$Filter => ({
  fieldFilter: { field: { fieldPath }, op, value },
})

/** All of the comparisons; part of a query. */
export const all = (filters: readonly firestore_v1.Schema$Filter[]): Pick<Query, 'where'> => {
  const [first, ...rest] = filters
  if (first === undefined) return {}
  return { where: rest.length === 0 ? first : { compositeFilter: { op: 'AND', filters: [...filters] } } }
}
