/** The vendor's catalog beside the built-in prices, over a real gRPC server. */

import { afterEach, describe, expect, test } from 'vitest'
import { openCatalog } from '../functions/catalog.ts'
import { priceCommand } from '../functions/cli/price.ts'
import type { Terminal } from '../functions/cli/terminal.ts'
import { instant } from '../functions/domain/time.ts'
import { type CatalogPeer, type SkuSample, startCatalog } from './support/catalog-server.ts'

const SKUS: readonly SkuSample[] = [
  { skuId: 'IN', description: 'Generate content input token count gemini 3.8 flash text', nanos: 700 },
  { skuId: 'OUT', description: 'Generate content output token count gemini 3.8 flash text', nanos: 3_500 },
  {
    skuId: 'HOUR',
    description: 'Generate content input token count gemini 3.8 flash hourly',
    nanos: 1,
    usageUnit: 'h',
  },
]
const CACHED: SkuSample = {
  skuId: 'CACHED',
  description: 'Generate content cached input token count gemini 3.8 flash text',
  nanos: 70,
}

let peer: CatalogPeer | undefined
afterEach(async () => {
  await peer?.close()
  peer = undefined
})

/** Runs the command in this process, against the peer. */
const run = async (...words: readonly string[]) => {
  const said = { out: '', err: '', code: 0 }
  const terminal: Terminal = {
    env: {},
    clock: () => instant('2026-11-23T00:00:00Z'),
    stdin: process.stdin,
    out: (text) => {
      said.out += text
    },
    err: (line) => {
      said.err += `${line}\n`
    },
    paint: (_, text) => text,
    exit: (code) => {
      said.code = code
    },
  }
  const open = async () => openCatalog(peer?.options, 5_000)
  const command = priceCommand(terminal, open)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
  await command.parseAsync(['gemini-3.8-flash', ...words], { from: 'user' })
  return said
}
const COUNTS = ['--input', '1000000', '--cached', '200000', '--output', '1000', '--thoughts', '3000']

describe('price --catalog', () => {
  test('sets the vendor’s rates beside the built-in ones, page after page, in the currency asked for', async () => {
    peer = await startCatalog([SKUS, [CACHED]])
    const { out, code } = await run(...COUNTS, '--catalog', '--currency', 'EUR', '--json')
    expect(code).toBe(0)
    // 800,000 × 0.70 + 200,000 × 0.07 + (1,000 + 3,000) × 3.50, all per million
    expect(JSON.parse(out)).toMatchObject({
      model: 'gemini-3.8-flash',
      currencyCode: 'USD',
      cost: '0.63',
      catalog: {
        currencyCode: 'EUR',
        cost: '0.588',
        lines: [
          { kind: 'input', tokens: 800_000, perMillion: '0.70', cost: '0.56', sku: 'IN' },
          { kind: 'cached', tokens: 200_000, perMillion: '0.07', cost: '0.014', sku: 'CACHED' },
          { kind: 'output', tokens: 1_000, perMillion: '3.50', cost: '0.0035', sku: 'OUT' },
          { kind: 'thoughts', tokens: 3_000, perMillion: '3.50', cost: '0.0105', sku: 'OUT' },
        ],
      },
    })
    expect(peer.asked()).toMatchObject([
      { parent: 'services/AEFD-7695-64FA', currencyCode: 'EUR', pageToken: '' },
      { pageToken: '1' },
    ])
  })

  test('says for which tokens the catalog names no SKU', async () => {
    peer = await startCatalog([SKUS])
    const { out } = await run(...COUNTS, '--catalog')
    expect(out).toContain('The same by Google’s catalog, as it is now:')
    expect(out).toContain('The catalog names no SKU for: cached.')
    expect(JSON.parse((await run(...COUNTS, '--catalog', '--json')).out)).toMatchObject({
      catalog: { missing: ['cached'], cost: '0.574' },
    })
  })

  test('without an answer the built-in price stands, one line says why, and the command has failed', async () => {
    peer = await startCatalog([], { code: 16, details: 'no credentials' })
    const { out, err, code } = await run(...COUNTS, '--catalog')
    expect([code, out.includes('0.63')]).toEqual([1, true])
    expect(err).toMatch(/^The catalog did not answer: 16 UNAUTHENTICATED: no credentials\. Sign in with gcloud .*\n$/)
  })

  test('nobody is asked without the option, and a currency must be one', async () => {
    peer = await startCatalog([SKUS])
    await run(...COUNTS)
    expect(peer.asked()).toEqual([])
    await expect(run(...COUNTS, '--catalog', '--currency', 'euro')).rejects.toThrow('--currency euro: must be an ISO')
  })
})
