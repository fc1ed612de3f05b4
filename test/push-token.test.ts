import { createSign, generateKeyPairSync } from 'node:crypto'
import { OAuth2Client } from 'google-auth-library'
import { describe, expect, test } from 'vitest'
import { openGuard, pushGuard, type VerifyToken } from '../functions/push-token.ts'

/** Real RS256 tokens and the real verifier; only the keys are ours instead of Google's. */
const AUDIENCE = 'https://drawdown.example.com/billingNotification'
const EMAIL = 'push@project.iam.gserviceaccount.com'
const keys = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const others = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})

const verify: VerifyToken = async (token, audience) => {
  const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(token, { k1: keys.publicKey }, audience, [
    'https://accounts.google.com',
  ])
  return ticket.getPayload() ?? {}
}
const guard = pushGuard({ K_SERVICE: 'drawdown', PUSH_AUDIENCE: AUDIENCE, PUSH_SERVICE_ACCOUNT: EMAIL }, verify)

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const now = Math.floor(Date.now() / 1000)

const token = (
  over: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key = keys.privateKey,
): string => {
  const claims = {
    iss: 'https://accounts.google.com',
    aud: AUDIENCE,
    email: EMAIL,
    email_verified: true,
    sub: '1',
    iat: now,
    exp: now + 3600,
    ...over,
  }
  const signed = `${part({ alg: 'RS256', kid: 'k1', typ: 'JWT', ...header })}.${part(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`
}

describe('in the cloud', () => {
  test('the subscription’s own token is let in', async () => {
    expect(await guard(`Bearer ${token()}`)).toBeUndefined()
  })

  test.each([
    ['no header', undefined],
    ['another scheme', 'Basic abc'],
    ['an empty token', 'Bearer '],
    ['no token at all', 'Bearer abc'],
    ['another audience', `Bearer ${token({ aud: 'https://elsewhere.example.com' })}`],
    ['another issuer', `Bearer ${token({ iss: 'https://evil.example.com' })}`],
    ['an expired token', `Bearer ${token({ iat: now - 7200, exp: now - 3600 })}`],
    ['a token of the future', `Bearer ${token({ iat: now + 3600, exp: now + 7200 })}`],
    ['another key', `Bearer ${token({}, {}, others.privateKey)}`],
    [
      'alg none',
      `Bearer ${part({ alg: 'none', kid: 'k1' })}.${part({ iss: 'https://accounts.google.com', aud: AUDIENCE, email: EMAIL, email_verified: true, iat: now, exp: now + 3600 })}.`,
    ],
  ])('%s is refused with 401', async (_, authorization) => {
    expect((await guard(authorization))?.status).toBe(401)
  })

  test.each([
    ['another service account', token({ email: 'other@project.iam.gserviceaccount.com' })],
    ['an address nobody verified', token({ email_verified: false })],
  ])('%s is refused with 403, and nothing repeats the token', async (_, value) => {
    const refusal = await guard(`Bearer ${value}`)
    expect(refusal?.status).toBe(403)
    expect(JSON.stringify(refusal)).not.toContain(value)
  })

  test.each(['PUSH_AUDIENCE', 'PUSH_SERVICE_ACCOUNT'])('a start without %s is an error that names it', (name) => {
    const env = { K_SERVICE: 'drawdown', PUSH_AUDIENCE: AUDIENCE, PUSH_SERVICE_ACCOUNT: EMAIL, [name]: ' ' }
    expect(() => pushGuard(env, verify)).toThrow(new RegExp(`^${name}: is not set`))
  })
})

test('off the cloud nobody is asked', async () => {
  expect(pushGuard({}, verify)).toBe(openGuard)
  expect(await openGuard(undefined)).toBeUndefined()
})
