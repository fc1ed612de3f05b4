/** Whether a payload's type is what its vendor's own type asks for, decided by the type checker alone. */

type KeysOf<Type> = Type extends unknown ? keyof Type : never
type ValueOf<Type, Key> = Type extends unknown ? (Key extends keyof Type ? Type[Key] : never) : never

/** Names in `Payload`, at any depth, that no branch of `Vendor` knows. */
type Strangers<Payload, Vendor> = Payload extends readonly (infer Item)[]
  ? Strangers<Item, Extract<Vendor, readonly unknown[]>[number]>
  : Payload extends object
    ? {
        [Key in keyof Payload]-?: Key extends KeysOf<Vendor> ? Strangers<Payload[Key], ValueOf<Vendor, Key>> : Key
      }[keyof Payload]
    : never

/**
 * `true` only where every value has the vendor's type and every name is one the vendor has. A test assigns `true` to it:
 * where the payload stops to fit, the program no longer compiles.
 */
export type Fits<Payload, Vendor> = Payload extends Vendor
  ? [Strangers<Payload, Vendor>] extends [never]
    ? true
    : false
  : false
