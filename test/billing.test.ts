import { createServer, type Socket } from 'node:net'
import { GoogleAuth } from 'google-auth-library'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LookUp } from '../functions/app/look-up.ts'
import { type BillingClientOptions, billingFrom, openBilling } from '../functions/billing.ts'
import { ConfigError } from '../functions/domain/errors.ts'
import { type BillingPeer, billingOf, clientOptions, startBilling } from './support/billing-server.ts'
import { ACCOUNT } from './support/facts.ts'

const OTHER = '0A0A0A-0B0B0B-0C0C0C'

let peer: BillingPeer
let lookUp: LookUp

beforeEach(async () => {
  peer = await startBilling()
  lookUp = billingOf(peer)
})
afterEach(async () => {
  await lookUp.close()
  await peer.close()
})

describe('a project’s billing link', () => {
  test('names the account it is billed to', async () => {
    peer.link('my-app', ACCOUNT)
    expect(await lookUp.billingLink('my-app')).toEqual({
      kind: 'answer',
      answer: { linkedTo: ACCOUNT, billingEnabled: true },
    })
  })

  test('names no account where there is none', async () => {
    peer.link('my-app')
    expect(await lookUp.billingLink('my-app')).toEqual({ kind: 'answer', answer: { billingEnabled: false } })
  })

  test('names another account where it is linked elsewhere', async () => {
    peer.link('my-app', OTHER)
    expect(await lookUp.billingLink('my-app')).toMatchObject({ answer: { linkedTo: OTHER, billingEnabled: true } })
  })

  test('is known to be off behind a closed account', async () => {
    peer.link('my-app', ACCOUNT, false)
    expect(await lookUp.billingLink('my-app')).toMatchObject({ answer: { linkedTo: ACCOUNT, billingEnabled: false } })
  })

  test('may be asked for by the project’s number', async () => {
    const fields = { name: 'projects/my-app/billingInfo', projectId: 'my-app', billingAccountName: '' }
    peer.answer('projects/123456', { fields })
    expect(await lookUp.billingLink('123456')).toEqual({ kind: 'answer', answer: { billingEnabled: false } })
  })
})

test.each([true, false])('an account’s open state is read: %s', async (open) => {
  peer.account(ACCOUNT, open)
  expect(await lookUp.accountOpen(ACCOUNT)).toEqual({ kind: 'answer', answer: { open } })
})

describe('what does not fit the question is no answer, least of all "unlinked" or "closed"', () => {
  const own = { name: 'projects/my-app/billingInfo', projectId: 'my-app' }
  test.each([
    ['an empty message', {}],
    ['another project', { name: 'projects/other/billingInfo', projectId: 'other' }],
    ['two projects at once', { ...own, projectId: 'other' }],
    ['an account id that is none', { ...own, billingAccountName: 'billingAccounts/x', billingEnabled: true }],
    ['an account id that is none, with billing off', { ...own, billingAccountName: 'billingAccounts/x' }],
    ['billing enabled by nobody', { ...own, billingAccountName: '', billingEnabled: true }],
  ])('%s', async (_, fields) => {
    peer.answer('projects/my-app', { fields })
    expect(await lookUp.billingLink('my-app')).toMatchObject({ kind: 'failed' })
  })

  test('an empty account', async () => {
    peer.answer(`billingAccounts/${ACCOUNT}`, { fields: {} })
    expect(await lookUp.accountOpen(ACCOUNT)).toMatchObject({ kind: 'failed' })
  })

  test('bytes that are no message', async () => {
    peer.answer('projects/my-app', { bytes: Buffer.from([255, 255, 255, 1, 2, 3]) })
    expect(await lookUp.billingLink('my-app')).toMatchObject({ kind: 'failed' })
  })
})

describe('a refusal needs a person and says which kind', () => {
  test.each([
    ['denied', { code: 7, message: 'The caller does not have permission' }],
    ['denied', { code: 7, reason: 'IAM_PERMISSION_DENIED' }],
    ['api-disabled', { code: 7, reason: 'SERVICE_DISABLED' }],
    ['not-found', { code: 5 }],
    ['unauthenticated', { code: 16 }],
  ] as const)('%s: %j', async (why, answer) => {
    peer.answer('projects/my-app', answer)
    peer.answer(`billingAccounts/${ACCOUNT}`, answer)
    expect(await lookUp.billingLink('my-app')).toEqual({ kind: 'refused', why })
    expect(await lookUp.accountOpen(ACCOUNT)).toEqual({ kind: 'refused', why })
  })
})

describe('what may pass by itself is a failure, and is not tried again within the look-up', () => {
  test.each([
    ['too many requests', 8, 'RESOURCE_EXHAUSTED'],
    ['the service is away', 14, 'UNAVAILABLE'],
    ['the service was too slow', 4, 'DEADLINE_EXCEEDED'],
    ['an error inside the service', 13, 'INTERNAL'],
    ['no token to ask with', 16, 'Getting metadata from plugin failed with error: socket hang up'],
  ])('%s', async (_, code, name) => {
    peer.answer('projects/my-app', { code, message: code === 16 ? name : 'later' })
    expect(await lookUp.billingLink('my-app')).toMatchObject({ kind: 'failed', note: expect.stringContaining(name) })
    expect(peer.asked()).toEqual(['projects/my-app'])
  })

  test('a service that never answers is given up in time', async () => {
    peer.answer('projects/my-app', 'hang')
    const hasty = billingOf(peer, 300)
    const began = performance.now()
    expect(await hasty.billingLink('my-app')).toMatchObject({ kind: 'failed' })
    expect(performance.now() - began).toBeLessThan(3_000)
    await hasty.close()
  })

  test('a port that accepts and says nothing is given up in time', async () => {
    const sockets: Socket[] = []
    const mute = createServer((socket) => void sockets.push(socket))
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const address = mute.address()
    const hasty = openBilling(clientOptions(typeof address === 'object' && address ? address.port : 0), 300)
    const began = performance.now()
    expect(await hasty.accountOpen(ACCOUNT)).toMatchObject({ kind: 'failed' })
    expect(performance.now() - began).toBeLessThan(3_000)
    await hasty.close()
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => mute.close(resolve))
  })

  test('a server that is gone is a failure', async () => {
    const gone = await startBilling()
    const away = billingOf(gone, 1_000)
    await gone.close()
    expect(await away.billingLink('my-app')).toMatchObject({ kind: 'failed' })
    await away.close()
  })

  test('a sign-in that never ends is given up in time', async () => {
    const stuck = openBilling(
      signingIn(() => new Promise(() => undefined)),
      300,
    )
    const began = performance.now()
    const asked = stuck.billingLink('my-app')
    await stuck.close()
    expect(await asked).toMatchObject({ kind: 'failed' })
    expect(performance.now() - began).toBeLessThan(3_000)
  })

  test('a sign-in that fails once ends neither the process nor the next look-up', async () => {
    peer.link('my-app', ACCOUNT)
    let failures = 1
    const signIn = async (): Promise<string> => {
      if (failures-- > 0) throw new Error('the metadata server did not answer')
      return 'googleapis.com'
    }
    const shaky = openBilling(signingIn(signIn))
    expect(await shaky.billingLink('my-app')).toMatchObject({
      kind: 'failed',
      note: expect.stringContaining('metadata server'),
    })
    expect(await shaky.billingLink('my-app')).toMatchObject({ kind: 'answer' })
    await shaky.close()
  })
})

/** The client's first question to its credentials, answered by us. */
const signingIn = (getUniverseDomain: () => Promise<string>): BillingClientOptions => {
  const { credentials: _, ...rest } = peer.options
  return { ...rest, auth: Object.assign(new GoogleAuth(), { getUniverseDomain }) } as unknown as BillingClientOptions
}

describe('BILLING_LOOKUPS', () => {
  test.each([
    ['off the cloud nobody is asked', {}, false],
    ['in the cloud they are on', { K_SERVICE: 'schedule' }, true],
    ['beside an emulator they are off', { K_SERVICE: 'schedule', FIRESTORE_EMULATOR_HOST: '127.0.0.1:1' }, false],
    ['on turns them on anywhere', { BILLING_LOOKUPS: 'on' }, true],
    ['off turns them off in the cloud', { K_SERVICE: 'schedule', BILLING_LOOKUPS: 'off' }, false],
  ])('%s', (_, env, isOn) => {
    expect(billingFrom(env) !== undefined).toBe(isOn)
  })

  test('any other value is an error that names the variable', () => {
    expect(() => billingFrom({ BILLING_LOOKUPS: 'yes' })).toThrow(ConfigError)
    expect(() => billingFrom({ BILLING_LOOKUPS: 'yes' })).toThrow(/^BILLING_LOOKUPS: must be on or off/)
  })

  test('what was never used is closed without loading the client', async () => {
    await billingFrom({ BILLING_LOOKUPS: 'on' })?.close()
  })
})
