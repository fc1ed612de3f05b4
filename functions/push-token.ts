/** The push token: in the cloud nobody but Pub/Sub's own service account may hand messages in. */

import { ConfigError } from './domain/errors.ts'
import type { Environment } from './environment.ts'

/** Why a request is refused: no or no valid token (401), or a valid token of somebody else (403). */
export type Refusal = { readonly status: 401 | 403; readonly why: string }

/** What a verified token says; https://docs.cloud.google.com/pubsub/docs/authenticate-push-subscriptions */
export type TokenClaims = { readonly email?: string | undefined; readonly email_verified?: boolean | undefined }

/** Checks signature, issuer, audience and time, and rejects what fails any of them. */
export type VerifyToken = (token: string, audience: string) => Promise<TokenClaims>

export type PushGuard = (authorization: string | undefined) => Promise<Refusal | undefined>

/** On loopback everybody is let in. */
export const openGuard: PushGuard = async () => undefined

/** Google's own issuers; the library accepts both spellings. */
const ISSUERS = ['https://accounts.google.com', 'accounts.google.com']

/** Verifies with Google's published keys; loaded on the first push. */
const verifyWithGoogle: VerifyToken = async (token, audience) => {
  const { OAuth2Client } = await import('google-auth-library')
  const client = new OAuth2Client()
  const { certs } = await client.getFederatedSignonCertsAsync()
  return (await client.verifySignedJwtWithCertsAsync(token, certs, audience, ISSUERS)).getPayload() ?? {}
}

/**
 * The guard for this environment: open off the cloud; in it, a bearer token for `PUSH_AUDIENCE` of the service account
 * `PUSH_SERVICE_ACCOUNT`. Throws `ConfigError` where one of the two is missing. A token is never logged or repeated.
 */
export const pushGuard = (env: Environment, verify: VerifyToken = verifyWithGoogle): PushGuard => {
  if (!env['K_SERVICE']) return openGuard
  const audience = required(
    env,
    'PUSH_AUDIENCE',
    'the audience of the push subscription, usually the URL of this service',
  )
  const email = required(env, 'PUSH_SERVICE_ACCOUNT', 'the e-mail address of the push subscription’s service account')
  return async (authorization) => {
    const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
    if (token === undefined) return { status: 401, why: 'no bearer token' }
    const claims = await verify(token, audience).catch(() => undefined)
    if (!claims) return { status: 401, why: 'the token is not valid here' }
    const isOurs = claims.email === email && claims.email_verified === true
    return isOurs ? undefined : { status: 403, why: 'the token is somebody else’s' }
  }
}

const required = (env: Environment, name: string, what: string): string => {
  const value = env[name]?.trim()
  if (!value) throw new ConfigError(`${name}: is not set. Give ${what}.`)
  return value
}
