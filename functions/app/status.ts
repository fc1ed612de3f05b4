/** What the `status` target answers: the dashboard, the accounts as JSON, one account as JSON. */

import { parseAccountId } from '../domain/keys.ts'
import { balanceJson } from '../report/balance-json.ts'
import { dashboardPage, PAGE_HEADERS } from '../report/page.ts'
import type { ShownAccount } from '../report/view.ts'
import type { Deps } from './deps.ts'
import type { AccountView, Desk } from './desk.ts'

export type StatusReply = {
  readonly status: number
  readonly body: object | string
  readonly headers?: Readonly<Record<string, string>>
}

/** Deliveries and quarantine records a page shows. */
const RECENT_MAX = 20

/** Reads only; `path` may carry the target's own name in front. */
export const statusReply = async (deps: Deps, desk: Desk, method: string, url: string): Promise<StatusReply> => {
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, body: { error: 'Only GET is served here.' }, headers: { allow: 'GET' } }
  const path = statusPath(url)
  if (path === undefined) return { status: 400, body: { error: 'The address is malformed.' } }
  const account = /^\/v1\/accounts\/([^/]+)$/.exec(path)?.[1]
  if (account !== undefined) return accountReply(deps, desk, account)
  if (path === '/v1/accounts')
    return {
      status: 200,
      body: { accounts: (await views(deps, desk)).map(({ standing, episodes }) => balanceJson(standing, episodes)) },
    }
  if (path === '/') return { status: 200, body: await page(deps, desk), headers: PAGE_HEADERS }
  return { status: 404, body: { error: `Nothing is served at ${path}. Try / or /v1/accounts.` } }
}

/** The path without the target's own name in front; `undefined` for escapes that are none. */
export const statusPath = (url: string): string | undefined => {
  try {
    return decodeURI(url.split('?')[0] ?? '/').replace(/^\/status(?=\/|$)/, '') || '/'
  } catch {
    return undefined
  }
}

const accountReply = async (deps: Deps, desk: Desk, text: string): Promise<StatusReply> => {
  const id = parseAccountId(text)
  if (id === undefined || !deps.accounts.some((account) => account.id === id)) {
    return { status: 404, body: { error: `No account ${text} is listed in the configuration.` } }
  }
  const { standing, episodes } = await desk.view(id)
  return { status: 200, body: balanceJson(standing, episodes) }
}

/** Every configured account, as it stands now. */
const views = (deps: Deps, desk: Desk): Promise<readonly AccountView[]> =>
  Promise.all(deps.accounts.map(({ id }) => desk.view(id)))

/** The same as a page shows them, with links that answer their open alerts. */
export const shownAccounts = async (deps: Deps, desk: Desk): Promise<readonly ShownAccount[]> => {
  const { links } = deps
  const at = deps.clock()
  return (await views(deps, desk)).map((view) => ({
    ...view,
    answers: links && ((alertKey) => links.make({ account: view.standing.account.id, alertKey }, at)),
  }))
}

const page = async (deps: Deps, desk: Desk): Promise<string> =>
  dashboardPage({
    accounts: await shownAccounts(deps, desk),
    deliveries: await deps.store.deliveries({ limit: RECENT_MAX }),
    oldestDueAt: await deps.store.nextDueAt(),
    quarantine: await deps.store.quarantine({ limit: RECENT_MAX }),
    now: deps.clock(),
  })
