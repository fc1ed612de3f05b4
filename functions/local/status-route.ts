/** The dashboard of one machine: configured accounts and the sample's beside them; everything else goes to `status`. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { answerOf, tokenOf } from '../app/answer-reply.ts'
import { shownAccounts } from '../app/status.ts'
import { readBody } from '../body.ts'
import { openGuard } from '../push-token.ts'
import { dashboardPage, PAGE_HEADERS } from '../report/page.ts'
import { handlerOf } from '../targets.ts'
import type { App } from '../wire.ts'
import type { LocalRoute } from './front.ts'
import { SAMPLE_ACCOUNT } from './sample.ts'

export type LocalState = {
  app: App | undefined
  sample: App | undefined
  progress: { readonly done: number; readonly total: number }
}

/** Deliveries and quarantine records a page shows. */
const RECENT_MAX = 20

/** Serves `/` with both apps, and what is about the sample account from the sample's own store. */
export const statusRoute =
  (state: LocalState): LocalRoute =>
  async (request, response) => {
    const { sample, app } = state
    if (app && request.method === 'GET' && pathOf(request) === '/') {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        ...PAGE_HEADERS,
      })
      response.end(await page(state, app))
      return true
    }
    if (!sample || !isAboutSample(request)) return false
    await answerFrom(sample, request, response)
    return true
  }

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?')[0] ?? '/'

/** Its JSON, or an answer to one of its alerts; the token names the account. */
const isAboutSample = (request: IncomingMessage): boolean => {
  const { url = '/' } = request
  if (answerOf(url) !== undefined) return tokenOf(url).split('.')[1] === SAMPLE_ACCOUNT
  return pathOf(request).endsWith(`/v1/accounts/${SAMPLE_ACCOUNT}`)
}

/** As the target `status` would, over the sample's app. */
const answerFrom = async (sample: App, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const rawBody = await new Promise<Buffer>((read) => readBody(request, read))
  await handlerOf('status', async () => sample, openGuard)(Object.assign(request, { rawBody }), response)
}

const page = async (state: LocalState, app: App): Promise<string> => {
  const apps = [state.sample, app].filter((one) => one !== undefined)
  const accounts = await Promise.all(apps.map(({ deps, desk }) => shownAccounts(deps, desk)))
  const deliveries = await Promise.all(apps.map(({ deps }) => deps.store.deliveries({ limit: RECENT_MAX })))
  const quarantine = await Promise.all(apps.map(({ deps }) => deps.store.quarantine({ limit: RECENT_MAX })))
  const { done, total } = state.progress
  return dashboardPage({
    accounts: accounts.flat(),
    deliveries: deliveries.flat(),
    quarantine: quarantine.flat(),
    oldestDueAt: await app.deps.store.nextDueAt(),
    now: app.deps.clock(),
    mailUrl: '/mail',
    chatUrl: '/chat',
    ...(done < total ? { progress: { done, total } } : {}),
  })
}
