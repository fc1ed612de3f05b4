/** What can happen to an account in a rule's table, at the clock's time; each throws where the app does not take it in. */

import type { Ingested } from '../../functions/app/ingest.ts'
import { formatInstant } from '../../functions/domain/time.ts'
import type { Sent, TestApp } from './app.ts'
import type { BillingPeer } from './billing-server.ts'
import { prepayment } from './scenario.ts'

/** Where a table plays; `google` only where it asks for one. */
export type Scene = { readonly app: TestApp; readonly google?: BillingPeer }
/** One thing that happens; its promise settles when the app has taken it in. */
export type Act = (scene: Scene) => Promise<unknown>
type Shape = Readonly<Record<string, unknown>>

/** Throws unless facts came of it: what was never heard is silent for the wrong reason. */
export const taken = async (answer: Promise<Ingested>): Promise<void> => {
  const ingested = await answer
  if (ingested.kind !== 'facts') throw new Error(`not taken in: ${JSON.stringify(ingested)}`)
}

const now = ({ app }: Scene): string => formatInstant(app.clock.now)

/** One after the other, at the same instant. */
export const each =
  (...acts: readonly Act[]): Act =>
  async (scene) => {
    for (const act of acts) await act(scene)
  }

/** A message of the drawdown budget: what the period has cost so far. */
export const bill =
  (cost: number, fields: Shape = {}, sent: Sent = {}): Act =>
  ({ app }) =>
    taken(app.budget(cost, fields, sent))

/** An operator's fact. */
export const tell =
  (kind: string, body: Shape): Act =>
  (scene) =>
    taken(scene.app.fact(kind, { at: now(scene), ...body }))

/** An operator's word of a prepayment that takes effect now. */
export const pay =
  (grantId: string, amount: string, fields: Shape = {}): Act =>
  (scene) =>
    taken(scene.app.fact('grant', { ...prepayment(grantId, amount, now(scene)), ...fields }))

/** What an operator sees in AI Studio. */
export const seeBalance = (balance: string): Act => tell('balance-reading', { balance, currencyCode: 'USD' })
/** What an operator sees of the tier there; two looks that agree are believed. */
export const seeTier = (tier: string): Act => tell('tier', { tier })

let calls = 0

/** A call of its own: never the same request twice. */
export const call =
  (fields: Shape): Act =>
  ({ app }) => {
    calls += 1
    return taken(app.usage({ requestId: `r${calls}`, ...fields }))
  }

/** 40,000 tokens out at 9.00 USD a million: 0.36 USD. */
export const served: Act = call({ usageMetadata: { promptTokenCount: 0, candidatesTokenCount: 40_000 } })

/** A call that Google refuses, or so many. */
export const refused = (code: number, status: string, message: string, requests = 1): Act =>
  call({ error: { code, status, message }, requests })

/** A call that fails because prepaid credit is used up; https://ai.google.dev/gemini-api/docs/billing#prepay */
export const depleted: Act = refused(402, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.')

/** What Google answers from now on when it is asked. */
export const google =
  (answer: (peer: BillingPeer) => void): Act =>
  async (scene) => {
    if (!scene.google) throw new Error('this table asks no Google')
    answer(scene.google)
  }
