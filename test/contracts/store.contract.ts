/** What every store promises; each implementation's test calls it with a way to open an empty one. */

import { afterEach, beforeEach, describe } from 'vitest'
import type { Store } from '../../functions/store/store.ts'
import { checkpointCases } from '../support/store-checkpoint-cases.ts'
import { commitCases } from '../support/store-commit-cases.ts'
import { durableCases } from '../support/store-durable-cases.ts'
import { hastenCases } from '../support/store-hasten-cases.ts'
import { leaseCases } from '../support/store-lease-cases.ts'
import { loadCases } from '../support/store-load-cases.ts'
import { outboxCases } from '../support/store-outbox-cases.ts'
import { quarantineCases } from '../support/store-quarantine-cases.ts'
import { settleCases } from '../support/store-settle-cases.ts'
import { turnCases } from '../support/store-turn-cases.ts'

export type OpenedStore = {
  /** Empty. */
  readonly store: Store
  /** Closes the store and opens what it left behind; absent where nothing outlives it. */
  readonly reopen?: () => Promise<Store>
  readonly dispose: () => Promise<void>
}

/** Declares the contract's tests; `open` is called before each. */
export const storeContract = (name: string, open: () => Promise<OpenedStore>): void => {
  describe(`${name} keeps the contract of a store`, () => {
    let opened: OpenedStore
    beforeEach(async () => {
      opened = await open()
    })
    afterEach(() => opened.dispose())
    const store = (): Store => opened.store
    describe('commit', () => commitCases(store))
    describe('load', () => loadCases(store))
    describe('checkpoint', () => checkpointCases(store))
    describe('outbox', () => outboxCases(store))
    describe('lease', () => leaseCases(store))
    describe('settle and redrive', () => settleCases(store))
    describe('hasten', () => hastenCases(store))
    describe('turn', () => turnCases(store))
    describe('quarantine', () => quarantineCases(store))
    describe('afterwards', () => durableCases(store, async () => (await opened.reopen?.()) ?? opened.store))
  })
}
