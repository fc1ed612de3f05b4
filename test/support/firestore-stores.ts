/** Firestore stores of tests: each in a project of its own, so that nothing need be cleared; and the store a script was told of. */

import { randomUUID } from 'node:crypto'
import { openFirestoreStore } from '../../functions/store/firestore.ts'
import { openSqliteStore } from '../../functions/store/sqlite.ts'
import type { Store } from '../../functions/store/store.ts'

export type FirestorePlace = {
  readonly host: string
  readonly project: string
  /** How long one call may take. */
  readonly callMs?: number
  /** How long one operation may take. */
  readonly budgetMs?: number
}

/** The store at this place as its users open it; tests need no luck, so chance is always a half. */
export const openAt = ({ host, project, callMs, budgetMs }: FirestorePlace): Promise<Store> =>
  openFirestoreStore({
    database: '',
    projectId: project,
    emulatorHost: host,
    newId: randomUUID,
    chance: () => 0.5,
    ...(callMs !== undefined && { callMs }),
    ...(budgetMs !== undefined && { budgetMs }),
  })

/** Where a script finds its store: a SQLite file, or a place in Firestore. */
export type Where = { readonly file: string } | { readonly firestore: FirestorePlace }

export const openAny = async (where: Where): Promise<Store> =>
  'file' in where ? openSqliteStore(where.file) : openAt(where.firestore)
