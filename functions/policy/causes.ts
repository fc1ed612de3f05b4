/** Why a call failed: by the error's code, then its words, then its details (design §4.4). */

import type { ErrorCause } from '../domain/facts.ts'

/** What an API error says, as far as it tells causes apart. Nothing of it is trusted to be there. */
export type ErrorTraits = {
  /** The HTTP code; 0 where none is stated. */
  readonly code: number
  /** The canonical status, or the string code of the Interactions API. */
  readonly status: string
  readonly message: string
  /** Violations of a `QuotaFailure`. */
  readonly quotas: readonly { readonly id: string; readonly metric: string; readonly value: string }[]
  /** Reasons of `ErrorInfo` details. */
  readonly reasons: readonly string[]
}

/** Words that matter come first; the rest of a long text may quote a prompt. */
const WORDS_MAX = 2_000

/** https://ai.google.dev/gemini-api/docs/api-errors (2026-09-20) and the codes of google.rpc, for errors without a number. */
const CODE_OF: ReadonlyMap<string, number> = new Map([
  ['payment_required', 402],
  ['rate_limit_exceeded', 429],
  ['quota_exceeded', 429],
  ['too_many_requests', 429],
  ['resource_exhausted', 429],
  ['failed_precondition', 400],
  ['invalid_argument', 400],
  ['unauthenticated', 401],
  ['permission_denied', 403],
  ['unavailable', 503],
])

type Told = ErrorTraits & { readonly words: string }
type Clue = readonly [cause: ErrorCause, isMeant: (told: Told) => boolean]

const says =
  (pattern: RegExp) =>
  ({ words }: Told): boolean =>
    pattern.test(words)
const reasonIs =
  (pattern: RegExp) =>
  ({ reasons }: Told): boolean =>
    reasons.some((reason) => pattern.test(reason))
const either =
  (...tests: readonly ((told: Told) => boolean)[]) =>
  (told: Told): boolean =>
    tests.some((test) => test(told))

/** A model that has no free quota at all: waiting does not help. */
const hasNoFreeQuota = ({ words, quotas }: Told): boolean =>
  quotas.some(({ id, metric, value }) => value === '0' && /free_?tier/i.test(`${id} ${metric}`)) ||
  /free_tier\w*,? *limit: 0\b/.test(words)

/** Billing of the project or of the account is off, overdue or under review; the prepaid balance does not matter then. */
const DELINQUENT: Clue = [
  'delinquent',
  either(
    says(/dunning decision|delinquent|past due|overdue/),
    says(/requires billing to be enabled|billing (account )?(is |has been )?(disabled|closed|suspended)/),
    reasonIs(/^BILLING_DISABLED$/),
  ),
]

/** Texts of https://ai.google.dev/gemini-api/docs/billing and of reports; the first that is meant decides. */
const CLUES: ReadonlyMap<number, readonly Clue[]> = new Map([
  [402, [['depleted', () => true]]],
  [
    429,
    [
      ['depleted', says(/prepay(ment)? credits?( balance)? (is|are) depleted/)],
      ['tier-cap', says(/billing account has exceeded its monthly spending cap/)],
      ['project-cap', says(/project has exceeded its monthly spending cap/)],
      ['spend-rate', says(/spend-based rate limit/)],
      DELINQUENT,
      ['plan-mismatch', hasNoFreeQuota],
      ['capacity', ({ words, quotas }) => quotas.length === 0 && /resource exhausted\. please try/.test(words)],
      ['quota', () => true],
    ],
  ],
  [
    400,
    [
      ['key', either(reasonIs(/^API_KEY_/), says(/api[_ ]key (not valid|not found|expired|invalid)/))],
      DELINQUENT,
      ['plan-mismatch', says(/free tier is not available|only accessible to billed users|set up prepay/)],
    ],
  ],
  [401, [['key', () => true]]],
  [
    403,
    [
      DELINQUENT,
      ['plan-mismatch', says(/only accessible to billed users|set up prepay/)],
      // A file or a cache that is gone says nothing about the key.
      ['other', says(/permission to access the file|cachedcontent not found/)],
      ['key', () => true],
    ],
  ],
  [500, [['capacity', says(/overloaded|high demand/)]]],
  [503, [['capacity', () => true]]],
])

/** The cause of a failed call; `other` where nothing tells. A 429 is depletion by its words alone, never by its code. */
export const causeOfError = (traits: ErrorTraits): ErrorCause => {
  const words = traits.message.slice(0, WORDS_MAX).toLowerCase()
  const told = { ...traits, words }
  const clues = CLUES.get(codeOf(told)) ?? []
  return clues.find(([, isMeant]) => isMeant(told))?.[0] ?? 'other'
}

/** How clients write the code into the words: `429 RESOURCE_EXHAUSTED. …`, `[503 Service Unavailable] …`, `{"code": 402, …`. */
const CODE_IN_WORDS = /(?:^|\[|status:? |code["']?: ?)([45]\d\d)\b/

/** As stated, else by the status, else by the words. */
const codeOf = ({ code, status, words }: Told): number =>
  code || CODE_OF.get(status.toLowerCase()) || Number(CODE_IN_WORDS.exec(words)?.[1] ?? 0)
