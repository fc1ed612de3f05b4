/** The real Firestore and Pub/Sub emulators for tests: one of each per run, started when the first test file asks. */

import { describe, inject, test } from 'vitest'
import type { EmulatorName } from './emulator-process.ts'
import { leaveOut } from './left-out.ts'

/** `host` is `127.0.0.1:PORT`. The emulator is shared by all test files: use a project id of your own, see `ownProject`. */
export type EmulatorHost = { readonly host: string }

/** Longer than the desk itself waits for an emulator, twice. */
const ANSWER_MAX_MS = 60_000

/** The Firestore emulator; `undefined` where it could not start, and then the reason is on the list of what was left out. */
export const firestoreEmulator = (): Promise<EmulatorHost | undefined> => emulator('firestore')

/** The Pub/Sub emulator; `undefined` where it could not start, and then the reason is on the list of what was left out. */
export const pubsubEmulator = (): Promise<EmulatorHost | undefined> => emulator('pubsub')

/**
 * Declares tests that need an emulator. Where it could not start, one test stands for them all and counts as skipped, so
 * that neither the counts nor the list of what was left out is silent.
 */
export const emulatorSuite = (
  name: string,
  emulator: EmulatorHost | undefined,
  declare: (emulator: EmulatorHost) => void,
): void => {
  if (emulator) describe(name, () => declare(emulator))
  else test(name, ({ skip }) => skip('its emulator could not be started'))
}

let projects = 0

/** A project id that no other test of this run uses, such as `store-3f2a-1`. */
export const ownProject = (prefix: string): string => {
  projects += 1
  return `${prefix}-${process.pid.toString(36)}-${projects}`
}

const emulator = async (name: EmulatorName): Promise<EmulatorHost | undefined> => {
  const answer = await ask(name)
  if ('host' in answer) return answer
  leaveOut(`emulator:${name}`, answer.why)
  return undefined
}

const ask = async (name: EmulatorName): Promise<EmulatorHost | { readonly why: string }> => {
  const desk = inject('emulators')
  if (!desk) return { why: 'the tests run without test/vitest.config.ts, which starts it' }
  const response = await fetch(`${desk}/${name}`, { signal: AbortSignal.timeout(ANSWER_MAX_MS) })
  return (await response.json()) as EmulatorHost | { readonly why: string }
}
