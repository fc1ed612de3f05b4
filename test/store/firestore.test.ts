/** The Firestore store keeps the contract, on the real emulator. */

import { storeContract } from '../contracts/store.contract.ts'
import { emulatorSuite, firestoreEmulator, ownProject } from '../support/emulators.ts'
import { openAt } from '../support/firestore-stores.ts'

const emulator = await firestoreEmulator()

emulatorSuite('the Firestore store on the emulator', emulator, ({ host }) => {
  storeContract('The Firestore store', async () => {
    const place = { host, project: ownProject('contract') }
    const first = await openAt(place)
    let last = first
    const reopen = async () => {
      await last.close()
      last = await openAt(place)
      return last
    }
    return { store: first, reopen, dispose: () => last.close() }
  })
})
