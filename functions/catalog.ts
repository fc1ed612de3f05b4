/** The vendor's catalog of list prices, by `CloudCatalogClient`: read only, and no right is needed beside a sign-in. */

import type { CloudCatalogClient, protos } from '@google-cloud/billing'
import type { BillingClientOptions } from './billing.ts'
import { UnavailableError } from './domain/errors.ts'
import { type Nanos, UNIT } from './domain/money.ts'
import { SECOND_MS } from './domain/time.ts'
import type { CatalogSku } from './policy/catalog.ts'
import { within } from './within.ts'

/** The Gemini API in the catalog; https://docs.cloud.google.com/billing/v1/how-tos/catalog-api lists services by id. */
const SERVICE = 'services/AEFD-7695-64FA'
const PAGE_SIZE = 5_000
/** The service has some hundreds of SKUs. */
const PAGES_MAX = 4
/** Sign-in and some pages; a person waits. */
const CALL_MS = 20 * SECOND_MS
const NOTE_MAX = 200

export type Catalog = {
  /** SKUs that bill by the token. Throws `UnavailableError` where the catalog does not answer. */
  readonly skus: (currencyCode: string) => Promise<readonly CatalogSku[]>
  readonly close: () => Promise<void>
}

/** The client is loaded by the first call. */
export const openCatalog = (options: BillingClientOptions = {}, callMs: number = CALL_MS): Catalog => {
  let client: Promise<CloudCatalogClient> | undefined
  const open = async (): Promise<CloudCatalogClient> => {
    const { CloudCatalogClient } = await import('@google-cloud/billing')
    const opened = new CloudCatalogClient(options)
    await opened.initialize()
    return opened
  }
  return {
    skus: async (currencyCode) => {
      client ??= open()
      try {
        return await within(
          callMs,
          client.then((opened) => allPages(opened, currencyCode, callMs)),
        )
      } catch (error) {
        const [line = ''] = (error instanceof Error ? error.message : 'unknown error').split('\n')
        throw new UnavailableError(`The catalog did not answer: ${line.slice(0, NOTE_MAX)}`, { cause: error })
      }
    },
    close: async () => {
      await (await client?.catch(() => undefined))?.close().catch(() => undefined)
    },
  }
}

const allPages = async (
  client: CloudCatalogClient,
  currencyCode: string,
  timeout: number,
): Promise<readonly CatalogSku[]> => {
  const found: CatalogSku[] = []
  let pageToken = ''
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const request = { parent: SERVICE, currencyCode, pageSize: PAGE_SIZE, pageToken }
    const [skus, , response] = await client.listSkus(request, { autoPaginate: false, timeout, retry: null })
    found.push(...skus.flatMap((sku) => readSku(sku) ?? []))
    pageToken = response?.nextPageToken ?? ''
    if (pageToken === '') break
  }
  return found
}

type Sku = protos.google.cloud.billing.v1.ISku

/** The latest price of a SKU that bills by the piece; `undefined` for anything else. */
const readSku = (sku: Sku): CatalogSku | undefined => {
  const expression = sku.pricingInfo?.at(-1)?.pricingExpression
  const rate = expression?.tieredRates?.at(-1)?.unitPrice
  if (expression?.usageUnit !== 'count' || !rate || !sku.skuId || !sku.description) return undefined
  const perToken: Nanos = BigInt(String(rate.units ?? 0)) * UNIT + BigInt(rate.nanos ?? 0)
  return {
    skuId: sku.skuId,
    description: sku.description,
    currencyCode: rate.currencyCode ?? '',
    perMillion: perToken * 1_000_000n,
  }
}
