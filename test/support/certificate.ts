/** X.509 certificates made on the spot, so that no test depends on a fixture's dates or on a program of the machine. */

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export type Certificate = { readonly cert: string; readonly key: string }

export type Wanted = {
  /** DNS names it is for. */
  readonly names: readonly string[]
  readonly from: Date
  readonly until: Date
}

/** An authority of one's own: the root to trust, and what it issues. */
export type Authority = { readonly ca: string; readonly issue: (wanted: Wanted) => Certificate }

const DAY_MS = 86_400_000

/** Valid since yesterday and until tomorrow, whenever that is. */
export const validNow = (names: readonly string[]): Wanted => ({
  names,
  from: new Date(Date.now() - DAY_MS),
  until: new Date(Date.now() + DAY_MS),
})

export const makeAuthority = (name: string): Authority => {
  const own = newKeys()
  const ca = certificate({ subject: name, isAuthority: true, keys: own, ...validNow([]) }, { name, keys: own })
  const issue = (wanted: Wanted): Certificate => {
    const keys = newKeys()
    const subject = wanted.names[0] ?? 'nobody'
    const cert = certificate({ subject, isAuthority: false, keys, ...wanted }, { name, keys: own })
    return { cert, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
  }
  return { ca, issue }
}

/** Vouched for by nobody but itself. */
export const selfSigned = (wanted: Wanted): Certificate => {
  const keys = newKeys()
  const subject = wanted.names[0] ?? 'nobody'
  const cert = certificate({ subject, isAuthority: false, keys, ...wanted }, { name: subject, keys })
  return { cert, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

type Keys = { readonly publicKey: KeyObject; readonly privateKey: KeyObject }
type Subject = Wanted & { readonly subject: string; readonly isAuthority: boolean; readonly keys: Keys }

const newKeys = (): Keys => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** RFC 5280 §4.1, in DER. */
const certificate = (wanted: Subject, issuer: { readonly name: string; readonly keys: Keys }): string => {
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    sequence(ECDSA_SHA256),
    nameOf(issuer.name),
    sequence(timeOf(wanted.from), timeOf(wanted.until)),
    nameOf(wanted.subject),
    wanted.keys.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(wanted.isAuthority ? AUTHORITY : namesOf(wanted.names))),
  )
  const signature = sign('sha256', body, issuer.keys.privateKey)
  const whole = sequence(body, sequence(ECDSA_SHA256), der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trim()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

const der = (tag: number, content: Uint8Array): Buffer => {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, Buffer.concat(parts))
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))

const ECDSA_SHA256 = oid('2a8648ce3d040302')
/** Basic constraints, critical: an authority. */
const AUTHORITY = sequence(
  oid('551d13'),
  der(0x01, Buffer.from([255])),
  der(0x04, sequence(der(0x01, Buffer.from([255])))),
)

const nameOf = (text: string): Buffer => sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(text)))))

const timeOf = (date: Date): Buffer =>
  der(0x18, Buffer.from(`${date.toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`))

/** Subject alternative names. */
const namesOf = (names: readonly string[]): Buffer =>
  sequence(oid('551d11'), der(0x04, sequence(...names.map((name) => der(0x82, Buffer.from(name))))))
