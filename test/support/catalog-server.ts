/** A real gRPC server on loopback that speaks the Cloud Catalog API by the client's own protos. */

import { type handleUnaryCall, Server, ServerCredentials } from '@grpc/grpc-js'
import type { BillingClientOptions } from '../../functions/billing.ts'
import { billingService, clientOptions } from './billing-server.ts'

/** A SKU that bills one token, in nanos of its currency. */
export type SkuSample = {
  readonly skuId: string
  readonly description: string
  readonly nanos: number
  readonly usageUnit?: string
}

export type CatalogPeer = {
  readonly options: BillingClientOptions
  /** Requests in order of arrival. */
  readonly asked: () => readonly {
    readonly parent: string
    readonly currencyCode: string
    readonly pageToken: string
  }[]
  readonly close: () => Promise<void>
}

type Request = { readonly parent: string; readonly currencyCode: string; readonly pageToken: string }

/** Serves `pages` one after the other, or refuses with `refusal`. */
export const startCatalog = async (
  pages: readonly (readonly SkuSample[])[],
  refusal?: { readonly code: number; readonly details: string },
): Promise<CatalogPeer> => {
  const asked: Request[] = []
  const server = new Server()
  const listSkus: handleUnaryCall<Request, unknown> = (call, done) => {
    asked.push(call.request)
    if (refusal) return done(refusal)
    const page = Number(call.request.pageToken || 0)
    const nextPageToken = page + 1 < pages.length ? String(page + 1) : ''
    done(null, { skus: (pages[page] ?? []).map((sku) => skuOf(sku, call.request.currencyCode)), nextPageToken })
  }
  const listServices: handleUnaryCall<unknown, unknown> = (_, done) => done(null, { services: [] })
  server.addService(billingService('cloud_catalog', 'CloudCatalog').service, {
    ListSkus: listSkus,
    ListServices: listServices,
  })
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return { options: clientOptions(port), asked: () => asked, close: async () => server.forceShutdown() }
}

/** The shape of https://docs.cloud.google.com/billing/docs/reference/rest/v1/services.skus/list, an older price first. */
const skuOf = ({ skuId, description, nanos, usageUnit = 'count' }: SkuSample, currencyCode: string): object => ({
  name: `services/AEFD-7695-64FA/skus/${skuId}`,
  skuId,
  description,
  category: { serviceDisplayName: 'Gemini API', resourceFamily: 'ApplicationServices', usageType: 'OnDemand' },
  pricingInfo: [nanos * 2, nanos].map((price) => ({
    currencyConversionRate: 1,
    pricingExpression: {
      usageUnit,
      baseUnit: 'count',
      displayQuantity: 1_000_000,
      tieredRates: [{ startUsageAmount: 0, unitPrice: { currencyCode, units: '0', nanos: price } }],
    },
  })),
})
