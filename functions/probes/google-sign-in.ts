/** Who Google takes this process for: application default credentials, found without waiting for a cloud that is not there. */

import type { GoogleAuth } from 'google-auth-library'
import type { Caller, Lack } from '../doctor/patient.ts'
import { SECOND_MS } from '../domain/time.ts'
import { signInFault } from '../sign-in-fault.ts'
import { within } from '../within.ts'

export type SignedIn = {
  readonly caller: Caller
  /** Cached and renewed by the library. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>
}

/** Loading the library, reading the credentials, and one token. */
const SIGN_IN_MS = 8 * SECOND_MS
const SCOPES = ['https://www.googleapis.com/auth/cloud-platform']
/** For a person; https://docs.cloud.google.com/docs/authentication/token-types#access-contents says what a token tells. */
const MAIL = /^[^\s@]+@[^\s@]+$/

/**
 * Signs in once. `project` pays the quota of a person whose credentials name no other project. Never throws: where nobody
 * is signed in, the lack says why.
 */
export const signInToGoogle = async (project: string): Promise<SignedIn | Lack> => {
  try {
    return await within(SIGN_IN_MS, signedIn(project))
  } catch (error) {
    return signInFault(error)
  }
}

const signedIn = async (project: string): Promise<SignedIn> => {
  const { gcpMetadata, GoogleAuth } = await import('google-auth-library')
  const auth = new GoogleAuth({ scopes: SCOPES })
  // Left to itself the library asks the network for seconds; the machine's own marks tell at once.
  const isGoogles = gcpMetadata.getGCPResidency()
  Object.assign(auth, { checkIsGCE: isGoogles })
  const token = async () => Object.fromEntries(await auth.getRequestHeaders())
  await token()
  const caller = await callerOf(auth)
  return {
    caller,
    headers: async () => {
      const headers = await token()
      const isPerson = caller.kind === 'person' && project !== ''
      return isPerson ? { 'x-goog-user-project': project, ...headers } : headers
    },
  }
}

const callerOf = async (auth: GoogleAuth): Promise<Caller> => {
  const { client_email: account } = await auth.getCredentials()
  if (account !== undefined && account !== '') return { kind: 'service-account', member: `serviceAccount:${account}` }
  const mail = await mailOf(auth).catch(() => undefined)
  return { kind: 'person', member: `user:${mail ?? 'YOUR_MAIL_ADDRESS'}` }
}

/** A token of gcloud's own sign-in tells the mail address; other tokens need not. */
const mailOf = async (auth: GoogleAuth): Promise<string | undefined> => {
  const client = await auth.getClient()
  const { token } = await client.getAccessToken()
  if (!token || !('getTokenInfo' in client) || typeof client.getTokenInfo !== 'function') return undefined
  const info: { readonly email?: unknown } = await client.getTokenInfo(token)
  return typeof info.email === 'string' && MAIL.test(info.email) ? info.email : undefined
}
