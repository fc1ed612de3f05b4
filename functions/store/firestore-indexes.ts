/** What a Firestore database needs beside its documents; applied by the files of `infra/`. */

type Order = 'ASCENDING' | 'DESCENDING'

export type FirestoreIndexes = {
  /** Composite indexes; single-field indexes exist without asking. */
  readonly composite: readonly { readonly collection: string; readonly fields: readonly (readonly [string, Order])[] }[]
  /** Long texts nobody searches: an index would cost more than the document. */
  readonly unindexed: readonly { readonly collection: string; readonly field: string }[]
  /** Times at which Firestore may delete the document. */
  readonly expiring: readonly { readonly collection: string; readonly field: string }[]
}

const UNINDEXED = {
  accounts: ['version', 'head', 'logStart', 'forgotten'],
  commits: ['marker', 'at', 'facts', 'state', 'logStart'],
  pages: ['text'],
  turns: ['nextAt'],
  deliveries: [
    'delivery',
    'id',
    'attempts',
    'ambiguous',
    'leaseId',
    'leaseUntil',
    'leaseToken',
    'settledAt',
    'redrivenAt',
    'channelFailed',
    'note',
    'token',
    'expireAt',
  ],
  quarantine: ['record', 'expireAt'],
}

/** https://docs.cloud.google.com/firestore/docs/query-data/indexing, and TTL: https://docs.cloud.google.com/firestore/docs/ttl */
export const FIRESTORE_INDEXES: FirestoreIndexes = {
  composite: [
    {
      collection: 'deliveries',
      fields: [
        ['dueAt', 'ASCENDING'],
        ['id', 'ASCENDING'],
        ['readyAt', 'ASCENDING'],
      ],
    },
    {
      collection: 'deliveries',
      fields: [
        ['channel', 'ASCENDING'],
        ['dueAt', 'ASCENDING'],
        ['id', 'ASCENDING'],
        ['readyAt', 'ASCENDING'],
      ],
    },
    {
      collection: 'deliveries',
      fields: [
        ['account', 'ASCENDING'],
        ['createdAt', 'DESCENDING'],
      ],
    },
    {
      collection: 'deliveries',
      fields: [
        ['status', 'ASCENDING'],
        ['createdAt', 'DESCENDING'],
      ],
    },
    {
      collection: 'deliveries',
      fields: [
        ['account', 'ASCENDING'],
        ['status', 'ASCENDING'],
        ['createdAt', 'DESCENDING'],
      ],
    },
    {
      collection: 'quarantine',
      fields: [
        ['account', 'ASCENDING'],
        ['at', 'DESCENDING'],
      ],
    },
  ],
  unindexed: Object.entries(UNINDEXED).flatMap(([collection, fields]) =>
    fields.map((field) => ({ collection, field })),
  ),
  expiring: ['deliveries', 'quarantine'].map((collection) => ({ collection, field: 'expireAt' })),
}
