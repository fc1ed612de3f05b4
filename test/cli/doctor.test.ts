/** `drawdown doctor` as a person runs it: half blind on a fresh machine, and with a sign-in before Google's own host names. */

import { existsSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type BillingPeer, startBilling } from '../support/billing-server.ts'
import { type GoogleFront, startFront } from '../support/google-front.ts'
import { BUDGETS, PROJECT, policyPath, subscriptionPath, topicPath } from '../support/google-resources.ts'
import { type GooglePeer, startGoogle } from '../support/google-server.ts'
import { type HttpPeer, startHttp } from '../support/http-server.ts'
import { ACCOUNT, BUDGET, type Sandbox, sandbox } from './drawdown.ts'

type Printed = {
  readonly findings: readonly { check: string; status: string; what: string; why?: string; mend?: string }[]
  readonly counts: Readonly<Record<string, number>>
}

describe('on a machine that knows nothing', () => {
  /** No credentials, and a home without any. */
  const blind = (box: Sandbox, ...words: readonly string[]) =>
    box.runWith(
      { env: { HOME: box.path('.'), HTTPS_PROXY: 'http://127.0.0.1:1', NODE_USE_ENV_PROXY: '1' } },
      'doctor',
      ...words,
    )

  test('what can be seen is judged, the rest is said with its reason, and nothing is made', async () => {
    const box = sandbox()
    const began = performance.now()
    const { code, out, err } = await blind(box, '--json')
    expect([code, err]).toEqual([0, ''])
    expect(performance.now() - began).toBeLessThan(20_000)
    const { findings, counts } = JSON.parse(out) as Printed
    expect(findings.filter(({ status }) => status === 'warning').map(({ check, what }) => `${check}: ${what}`)).toEqual(
      ['config: Research lists no budget with the role drawdown.'],
    )
    expect(counts).toEqual({})
    expect(existsSync(box.path('drawdown.db'))).toBe(false)
  })
})
