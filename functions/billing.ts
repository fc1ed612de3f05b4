/** Google's answers about billing: what a project is linked to, and whether an account is open; read only. */

import type { CloudBillingClient, protos } from '@google-cloud/billing'
import type { LookedUp, LookUp } from './app/look-up.ts'
import { ConfigError } from './domain/errors.ts'
import type { BillingLink, Refusal } from './domain/facts.ts'
import { parseAccountId } from './domain/keys.ts'
import { SECOND_MS } from './domain/time.ts'
import type { Environment } from './environment.ts'
import { within } from './within.ts'

/** Settings of the vendor's client; tests point it at a server of their own. */
export type BillingClientOptions = NonNullable<ConstructorParameters<typeof CloudBillingClient>[0]>

/** Sign-in, connection and answer of one call; a call in its region takes a tenth of a second. */
const CALL_MS = 5 * SECOND_MS
const NOTE_MAX = 200

/** gRPC status codes that need a person: https://grpc.io/docs/guides/status-codes/ */
const REFUSED: ReadonlyMap<number, Refusal> = new Map([
  [5, 'not-found'],
  [7, 'denied'],
  [16, 'unauthenticated'],
])

/**
 * Look-ups as `BILLING_LOOKUPS` says, `on` or `off`; else on in the cloud alone, and off where an emulator stands in for it.
 * Throws `ConfigError` for any other value.
 */
export const billingFrom = (env: Environment): LookUp | undefined => {
  const asked = env['BILLING_LOOKUPS']?.trim() ?? ''
  if (!['', 'on', 'off'].includes(asked)) throw new ConfigError('BILLING_LOOKUPS: must be on or off.')
  const isEmulated = Boolean(env['PUBSUB_EMULATOR_HOST'] || env['FIRESTORE_EMULATOR_HOST'])
  const isOn = asked === '' ? Boolean(env['K_SERVICE']) && !isEmulated : asked === 'on'
  return isOn ? openBilling() : undefined
}

type Call<Response> = (client: CloudBillingClient) => Promise<readonly [Response, ...unknown[]]>
type Read<Response, Answer> = (response: Response) => Answer | undefined

/** A look-up by `@google-cloud/billing`, loaded by the first call; no call is repeated, each ends within `callMs`. */
export const openBilling = (options: BillingClientOptions = {}, callMs: number = CALL_MS): LookUp => {
  let client: Promise<CloudBillingClient> | undefined
  // Shorter than the whole, so that a slow answer ends as the transport's own deadline and the client is kept.
  const once = { timeout: callMs * 0.8, retry: null }

  const open = async (): Promise<CloudBillingClient> => {
    const { CloudBillingClient } = await import('@google-cloud/billing')
    const opened = new CloudBillingClient(options)
    // Left to its first call, a failed sign-in would also end as an unhandled rejection, and with it the process.
    await opened.initialize()
    return opened
  }
  const ask = async <Response, Answer>(
    call: Call<Response>,
    read: Read<Response, Answer>,
  ): Promise<LookedUp<Answer>> => {
    client ??= open()
    const opened = client
    try {
      // Covers what the call's own deadline does not: loading the client and signing in.
      const [response] = await within(callMs, opened.then(call))
      const answer = read(response)
      return answer ? { kind: 'answer', answer } : { kind: 'failed', note: 'the answer does not fit the question' }
    } catch (error) {
      // Without a status the client never came to call; it would keep that failure for good.
      if (codeOf(error) === undefined && client === opened) {
        client = undefined
        void close(opened)
      }
      return failure(error)
    }
  }
  return {
    billingLink: (projectId) =>
      ask((opened) => opened.getProjectBillingInfo({ name: `projects/${projectId}` }, once), readLink(projectId)),
    accountOpen: (account) => {
      const name = `billingAccounts/${account}`
      return ask(
        (opened) => opened.getBillingAccount({ name }, once),
        (response) => (response.name === name ? { open: response.open === true } : undefined),
      )
    },
    close: () => within(callMs, close(client)).catch(() => undefined),
  }
}

/** A client that never came to be has nothing to close. */
const close = async (client: Promise<CloudBillingClient> | undefined): Promise<void> => {
  await (await client?.catch(() => undefined))?.close().catch(() => undefined)
}

type LinkInfo = protos.google.cloud.billing.v1.IProjectBillingInfo
type LinkAnswer = Pick<BillingLink, 'linkedTo' | 'billingEnabled'>

/** Empty fields mean "not linked", so an answer is believed only if it names the project; one may be asked for by its number. */
const readLink =
  (projectId: string): Read<LinkInfo, LinkAnswer> =>
  (info) => {
    const isNamed = info.projectId === projectId || (/^\d+$/.test(projectId) && Boolean(info.projectId))
    const isOwn = isNamed && info.name === `projects/${info.projectId}/billingInfo`
    const linkedTo = parseAccountId(info.billingAccountName ?? '')
    const billingEnabled = info.billingEnabled === true
    if (!isOwn || (info.billingAccountName && !linkedTo) || (billingEnabled && !linkedTo)) return undefined
    return { ...(linkedTo && { linkedTo }), billingEnabled }
  }

/** The transport's own words where no token could be fetched: nobody was asked, so nobody refused. */
const NO_TOKEN = /Getting metadata from plugin failed/

const codeOf = (error: unknown): number | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'number' ? error.code : undefined

const failure = (error: unknown): LookedUp<never> => {
  const code = codeOf(error)
  const why = code === undefined ? undefined : REFUSED.get(code)
  const [line = ''] = (error instanceof Error ? error.message : 'unknown error').split('\n')
  if (why === 'denied' && isApiDisabled(error)) return { kind: 'refused', why: 'api-disabled' }
  if (why && !NO_TOKEN.test(line)) return { kind: 'refused', why }
  return { kind: 'failed', note: line.slice(0, NOTE_MAX) }
}

/** https://docs.cloud.google.com/apis/design/errors#error_info */
const isApiDisabled = (error: unknown): boolean =>
  error instanceof Error && 'reason' in error && error.reason === 'SERVICE_DISABLED'
