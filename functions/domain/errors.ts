/** Why an input was set aside, and the errors a person has to mend. */

/** Quarantine reasons and the sentence an operator reads. */
export const REASONS = {
  ENVELOPE: 'The request body is no Pub/Sub push envelope and no CloudEvent.',
  NO_DATA: 'The message carries no data.',
  BASE64: 'The data is not valid base64.',
  UTF8: 'The data is not valid UTF-8.',
  JSON: 'The data is not valid JSON.',
  DEPTH: 'The JSON is nested too deeply.',
  DUP_KEY: 'A JSON object repeats a key.',
  SIZE: 'The message has too many fields.',
  UNKNOWN_SOURCE: 'No source recognises this message.',
  SCHEMA: 'The schema version is not supported.',
  ATTR: 'A required attribute is missing or malformed.',
  UNKNOWN_ACCOUNT: 'The billing account is not listed in the configuration.',
  UNKNOWN_PROJECT: 'The project is not listed under any account in the configuration.',
  TYPE: 'A field is missing or has the wrong type.',
  RANGE: 'An amount is out of range.',
  CURRENCY: 'The currency is missing, unknown, or not the account’s own.',
  MONEY: 'An amount is malformed.',
  TIME: 'A time is not valid RFC 3339 with a zone.',
  CLOCK: 'The publish time lies more than a day in the future.',
  TIER: 'The tier is unknown.',
  KIND: 'The operator fact is of an unknown kind.',
  UNKNOWN_GRANT: 'The grant it refers to is not known.',
  REFUND: 'The refund is above what remained of the grant.',
  KEY_REUSED: 'The same identity was used before with other content.',
} as const

export type ReasonCode = keyof typeof REASONS

/** A configuration a person has to mend: names file, line, field and the mend; never a secret's value. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** A command that cannot do what was asked; its message is one line with the mend. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** Something outside does not answer at present: nothing is wrong with what was asked, and the same may be asked again. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError'
}

/** A sum would leave the range that every store keeps exactly (±2^63 nanos): the fact that caused it is refused. */
export class OutOfRangeError extends Error {
  override readonly name = 'OutOfRangeError'
}

/** Compile-time proof that a union was handled whole. */
export const assertNever = (value: never): never => {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`)
}

/** States an invariant; a failure is a bug and must stop the commit, loudly. */
export function assert(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Error(`invariant broken: ${claim}`)
}
