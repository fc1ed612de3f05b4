/** The dashboard of one machine: configured accounts and the sample's beside them; everything else goes to `status`. */

import { statusReply, views } from '../app/status.ts'
import { dashboardPage, PAGE_HEADERS } from '../report/page.ts'
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

/** Serves `/` with both apps, and the sample account's JSON from the sample's own store. */
export const statusRoute =
  (state: LocalState): LocalRoute =>
  async (request, response) => {
    const path = (request.url ?? '/').split('?')[0] ?? '/'
    if (request.method !== 'GET' || !state.app) return false
    if (path === '/') {
      response.writeHead(200, {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        ...PAGE_HEADERS,
      })
      response.end(await page(state, state.app))
      return true
    }
    if (!path.endsWith(`/v1/accounts/${SAMPLE_ACCOUNT}`) || !state.sample) return false
    const { status, body } = await statusReply(state.sample.deps, state.sample.desk, 'GET', path)
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify(body)}\n`)
    return true
  }

const page = async (state: LocalState, app: App): Promise<string> => {
  const apps = [state.sample, app].filter((one) => one !== undefined)
  const accounts = await Promise.all(apps.map(({ deps, desk }) => views(deps, desk)))
  const deliveries = await Promise.all(apps.map(({ deps }) => deps.store.deliveries({ limit: RECENT_MAX })))
  const quarantine = await Promise.all(apps.map(({ deps }) => deps.store.quarantine({ limit: RECENT_MAX })))
  const { done, total } = state.progress
  return dashboardPage({
    accounts: accounts.flat(),
    deliveries: deliveries.flat(),
    quarantine: quarantine.flat(),
    now: app.deps.clock(),
    mailUrl: '/mail',
    chatUrl: '/chat',
    ...(done < total ? { progress: { done, total } } : {}),
  })
}
