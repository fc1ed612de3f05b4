/** Turns of channels in Firestore: a document each, changed only as it was read. */

import type { Instant } from '../domain/time.ts'
import type { Client } from './firestore-client.ts'
import { isUnsettled } from './firestore-errors.ts'
import { turnName } from './firestore-names.ts'
import { numberOf, ofNumber, write } from './firestore-values.ts'
import { turnAt } from './turns.ts'

/** Tries of one turn: in each, at least one of those who compete for it gets it. */
const TRIES_MAX = 20
/** Rivals are quick: beyond this try the pause grows no more. */
const PATIENCE = 1

/** See `Store.turn`. One read and one write; a turn whose reply was lost is one nobody takes. */
export const turn = async (client: Client, channel: string, now: Instant, everyMs: number): Promise<Instant> => {
  const [name, deadline] = [turnName(client, channel), client.deadline()]
  for (let attempt = 0; ; attempt += 1) {
    const document = (await client.get([name], deadline)).get(name)
    const at = turnAt(now, document && numberOf(document, 'nextAt'))
    const guard = document ? { updateTime: document.updateTime } : { exists: false }
    const next = { nextAt: ofNumber('turn.nextAt', at + everyMs) }
    const failure = await client.commit([write(name, next, guard)], deadline)
    if (!failure) return at
    const unconfirmed = () => client.explained(failure)
    if (!isUnsettled(failure) || attempt + 1 === TRIES_MAX) throw unconfirmed()
    await client.pause(Math.min(attempt, PATIENCE), deadline, unconfirmed)
  }
}
